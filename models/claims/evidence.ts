/**
 * All that was seen of one drawn run, for the claims to judge: how it ended, what was sent, delivered and lost, which
 * faults there were, what nodes noted, in order of time. Plain data; it knows no claim.
 */
import type { InjectedFault } from '../../engine/faults/fault-rule.ts';
import type { RunResult } from '../../engine/result.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';
import type { Survivals, Timing } from '../survival.ts';
import type { TrainingSpec } from '../spec/training.ts';
import type { TrainingRecord } from '../observers/training-record.ts';

/** What identifies a run: the digest of its events, and that of its numbers, null where nothing was computed. */
export interface Digests {
  readonly events: string;
  readonly numbers: string | null;
}

/** One incarnation of one node, from its placement to a crash or the end of the run. */
export interface IncarnationSeen {
  readonly node: NodeId;
  readonly incarnation: number;
  /** Bytes held at its end, by item of the ledger; 0 for items released completely. */
  readonly held: Record<string, number>;
  /** The most it ever held. */
  peakBytes: number;
  /** Its reads from storage, in order of time. */
  readonly loads: { readonly timeNs: number; readonly name: string }[];
  /** The first handler that was called after a later incarnation of the node had begun. */
  calledAfterEnd: string | null;
}

/** The part of a scenario that claims look at. */
interface JudgedScenario {
  readonly cluster: { readonly jitter?: { readonly latency?: object } };
  readonly training: TrainingSpec;
  readonly faults: readonly (
    { readonly kind: string; readonly probability?: number } | { readonly trace: object }
  )[];
  readonly checkpoint?: object;
}

/** The plain fields of a job or message, without tensors. */
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
  /** Jobs that had ended by then. */
  readonly afterJobs: number;
}

interface FaultEnd {
  readonly fault: InjectedFault;
  readonly timeNs: number;
}

/** A job that a node has begun. */
export interface JobBegun {
  readonly name: string;
  readonly startNs: number;
}

/** What the recording observer has written down. */
export interface Sightings {
  /** Those that have ended. */
  readonly jobs: JobSeen[];
  /** By node: the job that it is at, at the end of the run. */
  readonly underWay: ReadonlyMap<NodeId, JobBegun>;
  readonly messages: MessageSeen[];
  readonly notes: NoteSeen[];
  readonly faults: InjectedFault[];
  readonly ends: FaultEnd[];
  /** Messages reported as lost. */
  lost: number;
}

/** One run to its end. */
export interface Outcome {
  readonly result: RunResult;
  readonly training: TrainingRecord;
  /** True where the run was cut short because it took far too many events. */
  readonly endless: boolean;
}

export interface Evidence extends Sightings {
  readonly incarnations: readonly IncarnationSeen[];
  /** Violations of the reliable channel, a sentence each. */
  readonly channelFaults: readonly string[];
  readonly scenario: JudgedScenario;
  readonly protocol: { readonly kind: string } & Readonly<Record<string, unknown>>;
  /** Whether the weights of that protocol depend on when anything happens. */
  readonly timing: Timing;
  /** What becomes of a run of it, by kind of fault, where hosts come back and checkpoints are saved. */
  readonly survives: Survivals;
  readonly roles: readonly string[];
  /** The detector of the run; null where nothing can fail. */
  readonly detector: { readonly heartbeatNs: number; readonly misses: number } | null;
  readonly run: Outcome;
  /** The run of the same work without faults. */
  readonly faultless: Outcome;
  /** The sequential run that must end with the same weights; null where the protocol has none. */
  readonly reference: Outcome | null;
  /** Digests of the same run without observers. */
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
