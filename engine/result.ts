/**
 * What a run leaves, in one shape for every world. Simulated worlds fill the times with modelled nanoseconds,
 * real worlds with measured ones; the reports never mix the two. Plain data: it crosses threads as it is.
 */
import type { Columns } from './columns.ts';
import type { InjectedFault } from './faults/fault-rule.ts';
import type { NodeId } from './world.ts';

/** Nanoseconds that a node has spent in each state, in the order of NODE_STATES. They sum to the run's time exactly. */
export const TIME_FIGURES = ['downNs', 'busyNs', 'redoNs', 'commNs', 'idleNs'] as const;

/**
 * Messages and bytes that a node has sent and received over the network, headers included; and control frames, heartbeats
 * and acknowledgements, which travel on a lane of their own and are no messages.
 */
export const TRAFFIC_FIGURES = [
  'messagesSent',
  'bytesSent',
  'messagesReceived',
  'bytesReceived',
  'controlFramesSent',
  'controlBytesSent',
  'controlFramesReceived',
  'controlBytesReceived',
] as const;

/**
 * The figures of a node's account. `memoryBoundJobs` would be over sooner with more memory bandwidth; 0 in real worlds,
 * which do not know.
 */
export const NODE_FIGURES = [
  ...TIME_FIGURES,
  'jobs',
  'flops',
  'memoryBoundJobs',
  ...TRAFFIC_FIGURES,
  'peakMemoryBytes',
] as const;

/**
 * What one direction of a link has carried. `busyNs` is nanoseconds of full use: bytes over bandwidth, so that busyNs / time
 * is the utilisation.
 */
export const LOAD_FIGURES = ['messages', 'bytes', 'busyNs'] as const;

/** Bytes of control frames on a link, which take none of the bandwidth; and those of heartbeats alone. */
export const CONTROL_FIGURES = ['controlBytes', 'heartbeatBytes'] as const;

export const LINK_FIGURES = [...LOAD_FIGURES, ...CONTROL_FIGURES] as const;

export type Traffic = Columns<(typeof TRAFFIC_FIGURES)[number]>;
export type LinkLoads = Columns<(typeof LOAD_FIGURES)[number]>;
/** By link, in the order of the topology, which knows their names, bandwidths and latencies. */
export type LinkUses = Columns<(typeof LINK_FIGURES)[number]>;

/** The accounts of all nodes, one column a figure. */
export interface NodeAccounts extends Columns<(typeof NODE_FIGURES)[number]> {
  readonly count: number;
  /** Peak bytes of each item of the memory ledger; 0 at nodes that held none of it. */
  readonly memoryItems: Record<string, Float64Array>;
}

/** Where an unfinished node stood when the run ended. */
export interface NodeStanding {
  node: NodeId;
  phase: string;
  waitsFor: string;
  /** Kinds and senders of the messages in the inbox, oldest first. */
  inbox: { kind: string; from: NodeId }[];
}

export type RunFailure =
  | { kind: 'deadlock'; message: string; nodes: NodeStanding[] }
  | {
      kind: 'out-of-memory';
      message: string;
      node: NodeId;
      ledger: Record<string, number>;
      limitBytes: number;
    }
  | { kind: 'diverged'; message: string; iteration: number }
  | { kind: 'given-up'; message: string; node: NodeId }
  | { kind: 'error'; message: string; node: NodeId | null };

/**
 * How a run ended: every node finished; an observer asked to stop (a stop condition of the scenario); the user
 * interrupted it; or it failed.
 */
export type RunOutcome = 'finished' | 'stopped' | 'interrupted' | 'failed';

export interface RunResult {
  outcome: RunOutcome;
  failure: RunFailure | null;
  /** Length of the run in nanoseconds, from 0 to its last event. */
  timeNs: number;
  events: number;
  /** 16 hex digits over the seed and every event; '' in real worlds, whose order is not repeatable. */
  digest: string;
  messages: number;
  bytes: number;
  /** Messages and frames lost on the wire or in a crash; 0 without faults. */
  messagesLost: number;
  /** The faults injected, in order of time. */
  faults: InjectedFault[];
  /** Fault rules (their places in the scenario's list) that had no effect. */
  idleRules: number[];
  nodes: NodeAccounts;
  /** Empty in real worlds. */
  links: LinkUses;
  /**
   * Utilisation of each link over time: as many equal slots of the run's time for each, row-major [link][slot],
   * as a fraction of the slot. Empty in real worlds.
   */
  linkTimeline: Float32Array;
}
