/**
 * What can go wrong in a run, as data: when, to whom, and what. Rules name nodes by number alone; roles, racks and
 * trace files are turned into numbers before they come here.
 */
import type { NodeId } from '../world.ts';

/** When a rule strikes: once, or again and again after times drawn from a Weibull distribution. */
export type FaultTiming =
  | { readonly atNs: number }
  /** `shape` 1 is the exponential distribution: strikes without memory. */
  | {
      readonly meanNs: number;
      readonly shape: number;
      readonly fromNs: number;
      /** No strike from then on. */
      readonly untilNs: number;
    };

/** Whom a rule strikes, of the nodes that are up at that time. */
export interface FaultTarget {
  readonly among: readonly NodeId[];
  /** All of them; that many at random; or that many in a row, counted from a random one, modulo the list. */
  readonly choose: 'all' | 'random' | 'row';
  /** How many; of no meaning for `all`. */
  readonly count: number;
}

/** Which pairs a fault of the wire concerns: sender in `from` and receiver in `to`; unless `oneWay`, back as well. */
export interface WireScope {
  readonly from: readonly NodeId[];
  readonly to: readonly NodeId[];
  readonly oneWay: boolean;
}

/** What happens. Null for `forNs` is for good. */
export type FaultEffect =
  /**
   * The host loses its job, inbox, alarms and memory, and where `disk` is 'lost' its disk too; with `forNs` it comes back
   * as a new incarnation.
   */
  | {
      readonly kind: 'crash';
      readonly target: FaultTarget;
      readonly disk?: 'kept' | 'lost';
      readonly forNs: number | null;
    }
  /** The whole host stands still, its heartbeats included, and goes on where it was. */
  | { readonly kind: 'pause'; readonly target: FaultTarget; readonly forNs: number }
  /** Jobs take `factor` times as long, the rest of the running one included. */
  | {
      readonly kind: 'slow';
      readonly target: FaultTarget;
      readonly factor: number;
      readonly forNs: number | null;
    }
  /** Nothing passes. */
  | { readonly kind: 'cut'; readonly scope: WireScope; readonly forNs: number | null }
  /** Nothing passes between nodes of different groups. A node in no group is alone. */
  | {
      readonly kind: 'partition';
      readonly groups: readonly (readonly NodeId[])[];
      readonly forNs: number | null;
    }
  /** Each frame is lost, doubled or held back with that probability. */
  | {
      readonly kind: 'loss' | 'duplicate' | 'reorder';
      readonly scope: WireScope;
      readonly probability: number;
      readonly forNs: number | null;
    }
  /** Links on the paths of the scope: bandwidth times and latency times those factors. */
  | {
      readonly kind: 'degrade';
      readonly scope: WireScope;
      readonly bandwidthFactor: number;
      readonly latencyFactor: number;
      readonly forNs: number | null;
    };

/** The faults that strike wires and leave hosts alone. */
export type WireEffect = Exclude<FaultEffect, { readonly kind: 'crash' | 'pause' | 'slow' }>;

export type FaultKind = FaultEffect['kind'];

export interface FaultRule {
  /** Its place in the scenario's list; several rules may come from one place. */
  readonly rule: number;
  readonly timing: FaultTiming;
  readonly effect: FaultEffect;
}

/** One blow of one rule. */
export interface InjectedFault {
  /** From 0, in order of time. */
  readonly number: number;
  readonly rule: number;
  readonly kind: FaultKind;
  /** Whom it struck: hosts, or the nodes at the ends of the wires; empty if it found nobody to strike. */
  readonly nodes: readonly NodeId[];
  readonly timeNs: number;
  /** When it is over; null: never. */
  readonly endNs: number | null;
}

/** How the world finds out that a peer is gone (PROTOCOLS C). */
export interface DetectorSpec {
  /** A heartbeat each so many nanoseconds: the `h` of the specification. */
  readonly heartbeatNs: number;
  /** Suspicion after so many heartbeats of silence: the `k`. */
  readonly misses: number;
}

/** Storage that outlives the nodes, where each host has a path of its own to it; or a host's own disk. */
export interface StorageSpec {
  readonly latencyNs: number;
  readonly bandwidthBytesPerSecond: number;
}
