/**
 * Shared by the simulating thread and the drawing thread: memory for what changes all the time, messages for the
 * rest. The drawing side only ever writes the control word, which acts between two events.
 */
import type { DataSplit } from '../../models/spec/data.ts';
import { NODE_STATES } from '../../engine/node-states.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';

/** Values of the control word. */
export const CONTROL = { run: 0, pause: 1, quit: 2 } as const;

/** Places of the counters. */
export const COUNTERS = { timeNs: 0, events: 1, messages: 2 } as const;

export interface SharedState {
  /** One of CONTROL: what the run is to do. */
  readonly control: Int32Array;
  /** What each node did since the last report; see RunView. */
  readonly recent: Uint8Array;
  /** One code a node, an index in HEALTHS; all 0 where nothing can fail. */
  readonly health: Uint8Array;
  readonly counters: Float64Array;
}

/** What is wanted of a run beside its results. */
export interface Wishes {
  readonly trace?: TraceRequest | null;
  /** Whether what pipelines do is written down as a table. */
  readonly writesSchedule?: boolean;
  /** Whether it is found out where time goes, and why nodes wait. */
  readonly explains?: boolean;
}

export interface SimulatedWork {
  readonly scenario: ResolvedScenario;
  readonly data: DataSplit | null;
  readonly wishes: Wishes;
  readonly shared: SharedState;
}

export function sharedState(nodes: number): SharedState {
  return {
    control: new Int32Array(new SharedArrayBuffer(4)),
    recent: new Uint8Array(new SharedArrayBuffer(NODE_STATES.length * nodes)),
    health: new Uint8Array(new SharedArrayBuffer(nodes)),
    counters: new Float64Array(new SharedArrayBuffer(8 * Object.keys(COUNTERS).length)),
  };
}
