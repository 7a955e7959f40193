/**
 * All that was seen of one drawn run, from which every claim is judged: what ended, what was sent, delivered and lost,
 * what struck, what nodes noted, in order of time. Plain data; it knows no claim.
 */
import type { FaultStrike } from '../../engine/faults/fault-rule.ts';
import type { RunResult } from '../../engine/result.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import type { Role } from '../../models/protocols/registry.ts';
import type { TrainingRecord } from '../../models/training-record.ts';
import type { Digests } from './digests.ts';
import type { Life } from './life-book.ts';
import type { ResolvedProtocol, ResolvedScenario } from '../scenario/resolved.ts';

/** The plain words and numbers of a job or a message, its tensors left out. */
export type Fields = Readonly<Record<string, unknown>>;

export interface JobSeen {
  readonly node: NodeId;
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly fields: Fields;
}

export interface MessageSeen {
  readonly transfer: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: string;
  readonly bytes: number;
  readonly sentNs: number;
  /** Null: it never arrived. */
  deliveredNs: number | null;
  readonly fields: Fields;
}

export interface NoteSeen {
  readonly node: NodeId;
  readonly timeNs: number;
  readonly name: string;
  readonly value: NoteValue;
  /** How many jobs had ended in the run. */
  readonly afterJobs: number;
}

export interface FaultEnd {
  readonly strike: FaultStrike;
  readonly timeNs: number;
}

/** What the observer of a run has written down. */
export interface Sightings {
  readonly jobs: JobSeen[];
  readonly messages: MessageSeen[];
  readonly notes: NoteSeen[];
  readonly strikes: FaultStrike[];
  readonly ends: FaultEnd[];
  /** Messages said to be lost. */
  lost: number;
}

/** One run to its end. */
export interface Outcome {
  readonly result: RunResult;
  readonly training: TrainingRecord;
  /** True where the run was cut short, since it took many times the events it should. */
  readonly endless: boolean;
}

export interface Evidence extends Sightings {
  readonly lives: readonly Life[];
  /** Where the reliable channel broke its word, a sentence each. */
  readonly channelFaults: readonly string[];
  readonly scenario: ResolvedScenario;
  readonly protocol: ResolvedProtocol;
  readonly roles: readonly Role[];
  /** The detector of the run; null where nothing can fail. */
  readonly detector: { readonly heartbeatNs: number; readonly misses: number } | null;
  readonly run: Outcome;
  /** The same work without any fault. */
  readonly faultless: Outcome;
  /** Of the same scenario run again, with nobody looking on. */
  readonly unwatched: Digests;
}

/** A number of a job's or message's fields; NaN where there is none. */
export function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : NaN;
}

/** The notes of that name, with their values. */
export function notesOf<Value>(
  { notes }: Sightings,
  name: string,
): { node: NodeId; timeNs: number; value: Value; afterJobs: number }[] {
  return notes
    .filter((note) => note.name === name)
    .map(({ node, timeNs, value, afterJobs }) => ({
      node,
      timeNs,
      value: value as Value,
      afterJobs,
    }));
}
