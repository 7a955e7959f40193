/**
 * The time books of every node: at each instant one state, the first that applies of down, busy, redo, comm and
 * idle (PROTOCOLS F). The five times of a node sum to the time of the run exactly. A node's book is settled only
 * when its state changes. It must not know what jobs or messages are about.
 */
import { NODE_STATES } from './result.ts';
import type { NodeId } from './world.ts';

const STATES = NODE_STATES.length;
const BUSY = NODE_STATES.indexOf('busy');
const REDO = NODE_STATES.indexOf('redo');
const COMM = NODE_STATES.indexOf('comm');
const IDLE = NODE_STATES.indexOf('idle');

export class Accounting {
  private readonly times: Float64Array;
  private readonly since: Float64Array;
  /** State of the engine: `busy`, `redo`, or `idle` when it is free. */
  private readonly engine: Uint8Array;
  /** Messages on the wire to the node, and messages of its own that still occupy its egress. */
  private readonly wire: Int32Array;
  private readonly states: Uint8Array;

  /** `states`, one byte a node, shows the present state codes to whoever shares the memory. */
  constructor(nodeCount: number, states?: Uint8Array) {
    if (states && states.length < nodeCount)
      throw new RangeError(
        `states: ${states.length} bytes were given, one for each of ${nodeCount} nodes is needed`,
      );
    this.times = new Float64Array(STATES * nodeCount);
    this.since = new Float64Array(nodeCount);
    this.engine = new Uint8Array(nodeCount).fill(IDLE);
    this.wire = new Int32Array(nodeCount);
    this.states = states ?? new Uint8Array(nodeCount);
    this.states.fill(IDLE, 0, nodeCount);
  }

  jobStarted(node: NodeId, redo: boolean, nowNs: number): void {
    this.engine[node] = redo ? REDO : BUSY;
    this.settle(node, nowNs);
  }

  jobEnded(node: NodeId, nowNs: number): void {
    this.engine[node] = IDLE;
    this.settle(node, nowNs);
  }

  /** A message left `source` for `target`: it concerns both until `departed` and `delivered`. */
  sent(source: NodeId, target: NodeId, nowNs: number): void {
    this.wire[source]++;
    this.settle(source, nowNs);
    this.wire[target]++;
    this.settle(target, nowNs);
  }

  departed(source: NodeId, nowNs: number): void {
    this.wire[source]--;
    this.settle(source, nowNs);
  }

  delivered(target: NodeId, nowNs: number): void {
    this.wire[target]--;
    this.settle(target, nowNs);
  }

  /** Nanoseconds the node has spent in each state up to `nowNs`, in the order of NODE_STATES. */
  timesOf(node: NodeId, nowNs: number): number[] {
    const times = Array.from(this.times.subarray(STATES * node, STATES * node + STATES));
    times[this.states[node]] += nowNs - this.since[node];
    return times;
  }

  private settle(node: NodeId, nowNs: number): void {
    const before = this.states[node];
    let state = this.engine[node];
    if (state === IDLE && this.wire[node] > 0) state = COMM;
    if (state === before) return;
    this.times[STATES * node + before] += nowNs - this.since[node];
    this.since[node] = nowNs;
    this.states[node] = state;
  }
}
