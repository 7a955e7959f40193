/**
 * What can go wrong in a run, as data: when, to whom, and what. Rules name nodes by number alone; roles, racks and
 * trace files are turned into numbers before they come here.
 */
import type { NodeId } from '../world.ts';

/** When a rule injects faults: once, or repeatedly at intervals drawn from a Weibull distribution. */
export type FaultTiming =
  | { readonly atNs: number }
  /** `shape` 1 is the exponential distribution: without memory. */
  | {
      readonly meanNs: number;
      readonly shape: number;
      readonly fromNs: number;
      /** No fault from then on. */
      readonly untilNs: number;
    };

/** Which nodes a rule hits, of those that are up at that time. */
export interface FaultTarget {
  readonly among: readonly NodeId[];
  /** All of them; that many at random; or that many in a row, counted from a random one, modulo the list. */
  readonly choose: 'all' | 'random' | 'row';
  /** How many; ignored for `all`. */
  readonly count: number;
}

/**
 * The pairs of nodes that a wire fault concerns: sender in `from`, receiver in `to`; and the reverse, unless
 * `oneWay`.
 */
export interface WireScope {
  readonly from: readonly NodeId[];
  readonly to: readonly NodeId[];
  readonly oneWay: boolean;
}

/** What happens. `forNs` null: for good. */
export type FaultEffect =
  /**
   * The host loses its job, inbox, alarms and memory, and with `disk: 'lost'` its disk too. With `forNs` it returns
   * as a new incarnation.
   */
  | {
      readonly kind: 'crash';
      readonly target: FaultTarget;
      readonly disk?: 'kept' | 'lost';
      readonly forNs: number | null;
    }
  /** The whole host stops, heartbeats included, and resumes where it was. */
  | { readonly kind: 'pause'; readonly target: FaultTarget; readonly forNs: number }
  /** Jobs take `factor` times as long, the rest of the running one too. */
  | {
      readonly kind: 'slow';
      readonly target: FaultTarget;
      readonly factor: number;
      readonly forNs: number | null;
    }
  /** Nothing passes. */
  | { readonly kind: 'cut'; readonly scope: WireScope; readonly forNs: number | null }
  /** Nothing passes between nodes of different groups. A node in no group is cut off from all. */
  | {
      readonly kind: 'partition';
      readonly groups: readonly (readonly NodeId[])[];
      readonly forNs: number | null;
    }
  /** Each frame is lost, duplicated or delayed with that probability. */
  | {
      readonly kind: 'loss' | 'duplicate' | 'reorder';
      readonly scope: WireScope;
      readonly probability: number;
      readonly forNs: number | null;
    }
  /** Links on the paths of the scope: bandwidth and latency are multiplied by these factors. */
  | {
      readonly kind: 'degrade';
      readonly scope: WireScope;
      readonly bandwidthFactor: number;
      readonly latencyFactor: number;
      readonly forNs: number | null;
    };

/** Faults of wires, which leave hosts alone. */
export type WireEffect = Exclude<FaultEffect, { readonly kind: 'crash' | 'pause' | 'slow' }>;

export type FaultKind = FaultEffect['kind'];

export interface FaultRule {
  /** Its place in the scenario's list; several rules may come from one place. */
  readonly rule: number;
  readonly timing: FaultTiming;
  readonly effect: FaultEffect;
}

/** One fault that a rule has injected. */
export interface InjectedFault {
  /** From 0, in order of time. */
  readonly number: number;
  readonly rule: number;
  readonly kind: FaultKind;
  /** The nodes it hit: hosts, or those at the ends of the wires. Empty if it found none. */
  readonly nodes: readonly NodeId[];
  readonly timeNs: number;
  /** When it is over; null: never. */
  readonly endNs: number | null;
}

/** How the world finds out that a peer is gone (PROTOCOLS C). */
export interface DetectorSpec {
  /** Nanoseconds between two heartbeats: the `h` of the specification. */
  readonly heartbeatNs: number;
  /** Suspicion after so many heartbeats of silence: the `k`. */
  readonly misses: number;
  /** No two nodes are farther apart, in nanoseconds one way for next to no bytes; 0 where left out. */
  readonly farthestNs?: number;
}

/** Storage that outlives the nodes, with a separate path to each host; or a host's own disk. */
export interface StorageSpec {
  readonly latencyNs: number;
  readonly bandwidthBytesPerSecond: number;
}
