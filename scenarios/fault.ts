/**
 * What a scenario may say of things going wrong: when (once, or again and again), what, and to whom. `Q` is a
 * quantity with its unit where people write it, and a plain number in the SI unit where it runs.
 */

/** When a fault strikes: `at` a time, or `every` so often by chance. One of the two. */
export interface FaultTiming<Q> {
  at?: Q;
  /** Mean time between two faults. */
  every?: Q;
  /** Of the Weibull distribution of those times. Default 1: the exponential distribution, without memory. */
  shape?: number;
  /** With `every`: no fault before (default 0), and none from then on (default: to the end of the run). */
  from?: Q;
  until?: Q;
}

/**
 * Whom a fault of hosts strikes, of those that are up: a node, several, all of one role or of one rack; or so many
 * of them (of all nodes, if nothing else is said) at random, or side by side from a random one on.
 */
export interface FaultTarget {
  node?: number;
  nodes?: number[];
  /** As the protocol names it: such as 'worker' or 'server'. */
  role?: string;
  /** Of a network of kind 'racks', or a group of one of kind 'clusters'; from 0. */
  rack?: number;
  random?: number;
  neighbours?: number;
}

/** Which messages a fault of the wire strikes: between two nodes, or to and from one; all when left out. */
export interface FaultScope {
  between?: [number, number];
  /** With `between`: only from the first to the second. */
  oneWay?: boolean;
  node?: number;
}

/** A row of a trace, such as one of spot instances: from `crash` to `return` the node is gone, for good its lost disk. */
export type TraceRow<Q> = { time: Q; node: number } & (
  { event: 'crash'; disk?: 'kept' | 'lost' } | { event: 'return' }
);

/** For good, where `for` is left out. */
interface Lasting<Q> {
  for?: Q;
}

type HostFault<Q> =
  /** The host loses all it knew, but what is on its own disk if that is kept (the default); with `for` it comes back. */
  | ({ kind: 'crash'; disk?: 'kept' | 'lost' } & Lasting<Q>)
  /** The host pauses, and then resumes where it was. */
  | { kind: 'pause'; for: Q }
  /** Its tasks take `factor` times as long. */
  | ({ kind: 'slow'; factor: number } & Lasting<Q>);

type WireFault<Q> =
  /** Nothing passes. */
  | ({ kind: 'cut' } & Lasting<Q>)
  /** Each message (or retransmission) is lost, doubled or held back with that probability. */
  | ({ kind: 'loss' | 'duplicate' | 'reorder'; probability: number } & Lasting<Q>)
  /** Bandwidth and latency of the links on the way, times those factors. */
  | ({ kind: 'degrade'; bandwidth?: number; latency?: number } & Lasting<Q>);

/** A partition lets nothing pass between its groups; a node in no group is alone. */
export type TimedFault<Q> = FaultTiming<Q> &
  (
    | (HostFault<Q> & FaultTarget)
    | (WireFault<Q> & FaultScope)
    | ({ kind: 'partition'; groups: number[][] } & Lasting<Q>)
  );

/** A trace: the path of a CSV file with the columns time, node and event, from the scenario's own folder, or its rows. */
export type Fault<Q> = TimedFault<Q> | { trace: string | TraceRow<Q>[] };

/** How nodes find out that others are gone. */
export interface Detector<Q> {
  /** Time between two heartbeats. */
  heartbeat?: Q;
  /** A peer is suspected after so many heartbeats of silence. Default 3. */
  misses?: number;
}

/** The state of training is saved after every so many iterations, to storage that every node has a path to. */
export interface Checkpoint<Q> {
  every: number;
  to: { bandwidth: Q; latency: Q };
}
