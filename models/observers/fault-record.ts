/** What faults did to a run, as plain data: it crosses threads, and reports are made of it. Times in nanoseconds. */
import type { FaultKind } from '../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../engine/world.ts';

/** One fault and its consequences. Null: it did not happen, or there was nothing to measure. */
export interface FaultAccount {
  /** From 0, in order of time. */
  number: number;
  /** Place of its rule in the scenario's list. */
  rule: number;
  kind: FaultKind;
  /** The nodes it hit; empty if it found none. */
  nodes: readonly NodeId[];
  struckNs: number;
  /** When it was over; null where it lasted to the end of the run. */
  endNs: number | null;
  /** When a node first suspected one that it hit. */
  detectedNs: number | null;
  /** When the first iteration was committed after the repair; null too where no repair was needed. */
  recoveredNs: number | null;
  /**
   * Samples whose work was thrown away and done again; null where every node that knew how many has lost its memory.
   */
  redoneSamples: number | null;
  /** Messages and frames that never arrived because of it. */
  messagesLost: number;
  /** Parameters whose last copy it took. */
  lostParameters: number;
  /** Samples a second over the last iterations before the fault. */
  throughputBefore: number | null;
  /** Samples a second over the first iterations after it was repaired, or over, or had begun. */
  throughputAfter: number | null;
  /** Iterations from the fault to the end of the run, without those rolled back. */
  iterationsSince: number;
}

export type FaultEventKind =
  'struck' | 'over' | 'returned' | 'suspected' | 'repair' | 'recovered' | 'halted' | 'lost';

/** A line of the event log. */
export interface FaultEvent {
  timeNs: number;
  /** The node it is about; null for several, or none. */
  node: NodeId | null;
  kind: FaultEventKind;
  text: string;
}

export interface FaultRecord {
  accounts: FaultAccount[];
  /** Faults without an account, because there were too many; the sums below include them. */
  faultsLeftOut: number;
  /** The first and the last events, in order of time. */
  events: FaultEvent[];
  /** Events left out between the first and last ones, and after how many. */
  eventsLeftOut: { count: number; after: number };
  redoneSamples: number | null;
  lost: {
    /** Ranges [low, high) of parameters that no node held any more, sorted and disjoint. */
    parameters: [number, number][];
    /** Parameters in those ranges. */
    count: number;
    /** Why, each reason once. */
    why: string[];
  };
  /** Checkpoints completed, and the newest of them. */
  checkpoints: number;
  lastCheckpoint: number | null;
  /** Epochs begun after the first, and how many of them began from a checkpoint, or from the seed. */
  recoveries: number;
  restarts: number;
  /** How often a node noted that it cannot go on for now. */
  halts: number;
}
