/**
 * What a run leaves, in one shape for every world. Simulated worlds fill the times with modelled nanoseconds,
 * real worlds with measured ones; the reports never mix the two. Plain data: it crosses threads as it is.
 */
import type { FaultStrike } from './faults/fault-rule.ts';
import type { NodeId } from './world.ts';

/** One node's books. The five times sum to the run's time exactly. */
export interface NodeAccount {
  node: NodeId;
  downNs: number;
  busyNs: number;
  redoNs: number;
  commNs: number;
  idleNs: number;
  jobs: number;
  flops: number;
  messagesSent: number;
  bytesSent: number;
  messagesReceived: number;
  bytesReceived: number;
  /** Heartbeats and acknowledgements, which travel on a lane of their own and are no messages. */
  controlFramesSent: number;
  controlBytesSent: number;
  controlFramesReceived: number;
  controlBytesReceived: number;
  peakMemoryBytes: number;
  /** Peak bytes of each item of the memory ledger. */
  memoryItems: Record<string, number>;
}

/** One direction of one link. */
export interface LinkUse {
  id: string;
  bandwidthBytesPerSecond: number;
  latencyNs: number;
  messages: number;
  bytes: number;
  /** Nanoseconds of full use: bytes over bandwidth, so that busyNs / time is the utilisation. */
  busyNs: number;
  /** Of heartbeats and acknowledgements, which take none of the bandwidth; and those of heartbeats alone. */
  controlBytes: number;
  heartbeatBytes: number;
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
  /** Messages and frames that the wire or a crash has swallowed; 0 without faults. */
  messagesLost: number;
  /** What struck, in order of time. */
  strikes: FaultStrike[];
  /** Rules of the scenario (their places in its list) that struck nothing. */
  idleRules: number[];
  nodes: NodeAccount[];
  links: LinkUse[];
  /**
   * Utilisation of each link over time: as many equal slots of the run's time for each, row-major [link][slot],
   * as a fraction of the slot. Empty in real worlds.
   */
  linkTimeline: Float32Array;
}
