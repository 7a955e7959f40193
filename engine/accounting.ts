/**
 * How every node spends its time. At each instant a node is in one state: the first that applies of down, busy, redo,
 * comm and idle (PROTOCOLS F). The five times of a node sum to the time of the run exactly. Times are written only
 * when the state changes. Where things can fail, it also logs how long each node was busy for each step, so that work
 * found to be wasted can be moved to redo. It must not know what jobs or messages are about.
 */
import { type WastedJobs, WorkLog } from './work-log.ts';
import { NODE_STATES, type NodeState } from './node-states.ts';
import type { NodeId } from './world.ts';

const STATES = NODE_STATES.length;
const DOWN = NODE_STATES.indexOf('down');
const BUSY = NODE_STATES.indexOf('busy');
const REDO = NODE_STATES.indexOf('redo');
const COMM = NODE_STATES.indexOf('comm');
const IDLE = NODE_STATES.indexOf('idle');
/** Comm until what leaves the node has left, idle from then on: no event tells of the change. */
const LEAVING = STATES;

export class Accounting {
  /** Jobs that have ended and messages that have reached hosts, of all nodes. */
  jobs = 0;
  received = 0;
  private readonly times: Float64Array;
  private readonly since: Float64Array;
  /** State of the engine: `busy`, `redo`, or `idle` when it is free. */
  private readonly engine: Uint8Array;
  /** Transfers in flight to the node, transfers of its own that still occupy its egress, and its storage operations. */
  private readonly wire: Int32Array;
  /** 1 for a host that has crashed or is paused. */
  private readonly down: Uint8Array;
  /** One a node; null where nothing can fail. */
  private readonly logs: readonly WorkLog[] | null;
  /** When all that is settled to leave each node has left. */
  private readonly departsNs: Float64Array;
  /** The present state code of each node: an index in NODE_STATES, or LEAVING. */
  private readonly states: Uint8Array;

  /** `fallible` where nodes can crash, or work can be for nothing. */
  constructor(nodeCount: number, fallible: boolean = false) {
    this.times = new Float64Array(STATES * nodeCount);
    this.since = new Float64Array(nodeCount);
    this.engine = new Uint8Array(nodeCount).fill(IDLE);
    this.wire = new Int32Array(nodeCount);
    this.down = new Uint8Array(nodeCount);
    this.departsNs = new Float64Array(nodeCount);
    this.logs = fallible ? Array.from({ length: nodeCount }, () => new WorkLog()) : null;
    this.states = new Uint8Array(nodeCount).fill(IDLE);
  }

  /** `step` and `epoch` as the job names them. */
  jobStarted(node: NodeId, redo: boolean, nowNs: number, step?: number, epoch?: number): void {
    const log = this.logs?.[node];
    log?.begin(step, epoch);
    this.engine[node] = redo || log?.isWasted ? REDO : BUSY;
    this.updateState(node, nowNs);
    if (log) log.busyBeforeNs = this.times[STATES * node + BUSY];
  }

  jobEnded(node: NodeId, nowNs: number): void {
    this.jobs++;
    this.workEnded(node, nowNs);
  }

  /** What began as a job does ended, and is no job of the node's: a run may be at a stall all the same. */
  workEnded(node: NodeId, nowNs: number): void {
    this.engine[node] = IDLE;
    this.updateState(node, nowNs);
    if (!this.logs) return;
    const log = this.logs[node];
    log.end(this.times[STATES * node + BUSY] - log.busyBeforeNs);
  }

  /** The host is down. If it has crashed, the time of the running job is wasted. */
  wentDown(node: NodeId, crashed: boolean, nowNs: number): void {
    this.down[node] = 1;
    if (crashed) {
      this.wasteJob(node, nowNs);
      this.engine[node] = IDLE;
    }
    this.updateState(node, nowNs);
  }

  cameUp(node: NodeId, nowNs: number): void {
    this.down[node] = 0;
    this.updateState(node, nowNs);
  }

  /**
   * Marks work as wasted, the running job included. Does nothing where nothing can fail: steps are not recorded then.
   */
  writeOff({ node, step, before, after }: WastedJobs, nowNs: number): void {
    if (!this.logs) return;
    const log = this.logs[node];
    if (this.engine[node] === BUSY && log.isOf(step, before, after)) {
      this.wasteJob(node, nowNs);
      this.engine[node] = REDO;
      this.updateState(node, nowNs);
    }
    const wastedNs = log.writeOff(step, before, after);
    this.moveToRedo(node, wastedNs);
    log.busyBeforeNs -= wastedNs;
  }

  storageBegan(node: NodeId, nowNs: number): void {
    this.wire[node]++;
    this.updateState(node, nowNs);
  }

  storageEnded(node: NodeId, nowNs: number): void {
    this.wire[node]--;
    this.updateState(node, nowNs);
  }

  /** True while a message or a storage operation is under way from or to any node. */
  get carrying(): boolean {
    return this.wire.some((count) => count > 0);
  }

  /**
   * A message left `source` for `target`. It counts for the source until `departsNs`, or if that is infinite until
   * `departed`, and for the target until `delivered`.
   */
  sent(source: NodeId, target: NodeId, nowNs: number, departsNs = Infinity): void {
    if (departsNs === Infinity) this.wire[source]++;
    else if (departsNs > this.departsNs[source]) {
      if (this.states[source] === LEAVING) this.credit(source, nowNs);
      this.departsNs[source] = departsNs;
    }
    this.updateState(source, nowNs);
    this.wire[target]++;
    this.updateState(target, nowNs);
  }

  departed(source: NodeId, nowNs: number): void {
    this.wire[source]--;
    this.updateState(source, nowNs);
  }

  delivered(target: NodeId, nowNs: number): void {
    this.wire[target]--;
    this.updateState(target, nowNs);
  }

  /** Writes the nanoseconds that the node has spent in each state up to `nowNs`, in the order of NODE_STATES. */
  readTimes(node: NodeId, nowNs: number, into: Float64Array): void {
    this.credit(node, nowNs);
    for (let state = 0; state < STATES; state++) into[state] = this.times[STATES * node + state];
  }

  stateOf(node: NodeId, nowNs: number): NodeState {
    const state = this.states[node];
    if (state !== LEAVING) return NODE_STATES[state];
    return nowNs < this.departsNs[node] ? 'comm' : 'idle';
  }

  private updateState(node: NodeId, nowNs: number): void {
    const before = this.states[node];
    let state = this.engine[node];
    if (this.down[node] === 1) state = DOWN;
    else if (state === IDLE && this.wire[node] > 0) state = COMM;
    else if (state === IDLE && this.departsNs[node] > nowNs) state = LEAVING;
    if (state === before) return;
    this.credit(node, nowNs);
    this.states[node] = state;
  }

  /** Adds the time since the last change to the present state. */
  private credit(node: NodeId, nowNs: number): void {
    const { times, since, departsNs } = this;
    let state = this.states[node];
    if (state === LEAVING) {
      const leftNs = Math.min(Math.max(departsNs[node], since[node]), nowNs);
      times[STATES * node + COMM] += leftNs - since[node];
      since[node] = leftNs;
      state = IDLE;
    }
    times[STATES * node + state] += nowNs - since[node];
    since[node] = nowNs;
  }

  /** Moves the busy time of the running job to redo. */
  private wasteJob(node: NodeId, nowNs: number): void {
    if (!this.logs || this.engine[node] !== BUSY) return;
    this.credit(node, nowNs);
    const log = this.logs[node];
    this.moveToRedo(node, this.times[STATES * node + BUSY] - log.busyBeforeNs);
    log.busyBeforeNs = this.times[STATES * node + BUSY];
  }

  private moveToRedo(node: NodeId, ns: number): void {
    this.times[STATES * node + BUSY] -= ns;
    this.times[STATES * node + REDO] += ns;
  }
}
