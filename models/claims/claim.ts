/** What a claim is: a sentence that must be true of every run, and the means to see where it is not. */
import type { Evidence } from './evidence.ts';

/** Tells that a claim has looked at so many things of a kind; one if no number is given. */
export type Saw<Thing extends string = string> = (thing: Thing, count?: number) => void;

/** What a claim about all protocols may ask of one before it is asked of its runs. */
export interface Traits {
  /** Whether its nodes say anything to each other. */
  readonly talks: boolean;
  /** Whether they watch each other where something may fail. */
  readonly watches: boolean;
  /** Whether a run of it goes on after some fault from state that was kept. */
  readonly recovers: boolean;
  /** Whether its weights depend on when anything happens. */
  readonly timing: 'independent' | 'dependent';
  /** Whether it names a sequential run as its equal. */
  readonly hasReference: boolean;
}

export interface Claim<Thing extends string = string> {
  /** Short, for the command line and for files: what broke is named by it. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly says: string;
  /** Of which protocols it is asked, of those that it is held up to; of all if it is left out. */
  readonly about?: (traits: Traits) => boolean;
  /** The things that it looks at, in the plural; a claim that looks at none is kept by any run. */
  readonly examines: readonly Thing[];
  /** Null where it holds; else a sentence that says where it broke. Asked only of runs that it is about. */
  broken(evidence: Evidence, saw: Saw<Thing>): string | null;
}

/** Claims about what nodes say to each other. */
export const talks = (traits: Traits): boolean => traits.talks;

/** Claims about weights that are the same whatever happens when. */
export const isIndependentOfTiming = ({ timing }: Traits): boolean => timing === 'independent';
