/** A claim: a sentence that must be true of every run, and the code that finds where it is not. */
import type { Timing } from '../survival.ts';
import type { Evidence } from './evidence.ts';

/** Counts things that a claim has looked at; one if no number is given. */
export type Saw<Thing extends string = string> = (thing: Thing, count?: number) => void;

/** Properties of a protocol that decide which claims apply to it. */
export interface Traits {
  /** Whether its nodes send messages. */
  readonly talks: boolean;
  /** Whether its nodes watch each other where something may fail. */
  readonly watches: boolean;
  /** Whether a run of it can go on after a fault from a checkpoint. */
  readonly recovers: boolean;
  /** Whether its weights depend on when anything happens. */
  readonly timing: Timing;
  /** Whether it has a sequential reference. */
  readonly hasReference: boolean;
}

export interface Claim<Thing extends string = string> {
  /** Short, for the command line and file names. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** The protocols it applies to, of those it is listed for; all if left out. */
  readonly about?: (traits: Traits) => boolean;
  /** What it looks at, in the plural. A claim that looks at nothing would hold for any run. */
  readonly examines: readonly Thing[];
  /** Null if it holds, else a sentence that says where it broke. Called only for runs it applies to. */
  broken(evidence: Evidence, saw: Saw<Thing>): string | null;
}

/** For claims about messages. */
export const talks = (traits: Traits): boolean => traits.talks;

/** For claims about weights that do not depend on timing. */
export const isIndependentOfTiming = ({ timing }: Traits): boolean => timing === 'independent';
