/**
 * The figures of all nodes on shared memory: states, times and counts. The main thread reads them at any time without
 * asking; each node's figures are written by its own thread alone. It knows no worker and no port.
 */
import { emptyAccounts, writeTimes } from '../../../engine/node-accounts.ts';
import { NODE_STATES } from '../../../engine/node-states.ts';
import type { NodeAccounts } from '../../../engine/result.ts';
import { COUNTS, type Entry, FIGURES } from '../board.ts';
import { SharedWork, type WorkMemory, workMemory } from '../shared-work.ts';

const DOWN = NODE_STATES.indexOf('down');
const IDLE = NODE_STATES.indexOf('idle');

/** The index of each entry among those of one node, in its array. */
const slots = new Map<Entry, number>(
  [...COUNTS.entries(), ...FIGURES.entries()].map(([at, name]) => [name, at]),
);
const counted = new Set<Entry>(COUNTS);

/** Account figures that a board counts. There are no control frames: threads detect failures without them. */
const ACCOUNTED = [
  'jobs',
  'flops',
  'messagesSent',
  'bytesSent',
  'messagesReceived',
  'bytesReceived',
  'peakMemoryBytes',
] as const;

/** The shared memory of a board, to hand to threads. */
export interface BoardMemory {
  readonly counts: SharedArrayBuffer;
  readonly figures: SharedArrayBuffer;
  readonly work: WorkMemory;
  /** One state code a node, an index in NODE_STATES. */
  readonly states: Uint8Array;
}

/** Memory for that many nodes, all zero. Work is counted for `steps` steps; the last stands for all later ones. */
export function boardMemory(nodeCount: number, steps: number = 1): BoardMemory {
  return {
    work: workMemory(nodeCount, steps),
    counts: new SharedArrayBuffer(nodeCount * COUNTS.length * 4),
    figures: new SharedArrayBuffer(nodeCount * FIGURES.length * 8),
    states: new Uint8Array(new SharedArrayBuffer(nodeCount)),
  };
}

export class SharedBoard {
  readonly nodeCount: number;
  readonly states: Uint8Array;
  private readonly counts: Int32Array;
  readonly work: SharedWork;
  private readonly figures: Float64Array;

  constructor(memory: BoardMemory) {
    this.work = new SharedWork(memory.work);
    this.counts = new Int32Array(memory.counts);
    this.figures = new Float64Array(memory.figures);
    this.states = memory.states;
    this.nodeCount = this.counts.length / COUNTS.length;
  }

  get(node: number, entry: Entry): number {
    const slot = slots.get(entry)!;
    return counted.has(entry)
      ? Atomics.load(this.counts, node * COUNTS.length + slot)
      : this.figures[node * FIGURES.length + slot];
  }

  set(node: number, entry: Entry, value: number): void {
    const slot = slots.get(entry)!;
    if (counted.has(entry)) Atomics.store(this.counts, node * COUNTS.length + slot, value);
    else this.figures[node * FIGURES.length + slot] = value;
  }

  /** For the node's own thread alone, or while it has none. */
  add(node: number, entry: Entry, value: number): void {
    this.set(node, entry, this.get(node, entry) + value);
  }

  /** Blocks while the node is held. */
  waitWhileHeld(node: number): void {
    Atomics.wait(this.counts, node * COUNTS.length + slots.get('held')!, 1);
  }

  /** Holds the node before the next thing it does. */
  hold(node: number, nowNs: number): void {
    this.set(node, 'held', 1);
    this.set(node, 'heldSinceNs', nowNs);
    if (this.states[node] === IDLE) this.states[node] = DOWN;
  }

  /** Releases the node; no effect if it is not held. */
  release(node: number): void {
    this.set(node, 'heldSinceNs', 0);
    this.set(node, 'held', 0);
    Atomics.notify(this.counts, node * COUNTS.length + slots.get('held')!);
  }

  /** The node's thread is gone. Completes its account; from now on the node is down. */
  wentDown(node: number, nowNs: number): void {
    const state = NODE_STATES[this.states[node]];
    const openNs = this.openNs(node, nowNs);
    const jobSinceNs = this.get(node, 'jobSinceNs');
    // The job dies with its host: it is wasted.
    const jobNs = jobSinceNs > 0 ? Math.min(openNs, Math.max(0, nowNs - jobSinceNs)) : 0;
    if (state === 'busy') {
      this.add(node, 'busyNs', openNs - jobNs);
      this.add(node, 'redoNs', jobNs);
    }
    if (state === 'redo') this.add(node, 'redoNs', openNs);
    if (state === 'down') this.add(node, 'downNs', openNs);
    const closedNs = Math.max(nowNs, this.get(node, 'closedNs'));
    this.set(node, 'closedNs', closedNs);
    this.set(node, 'heldSinceNs', 0);
    this.set(node, 'jobSinceNs', 0);
    this.states[node] = DOWN;
    // A thread that ended in the middle of its accounting may have added a work stretch already.
    const accounted = (['busyNs', 'redoNs', 'commNs', 'downNs'] as const).map((name) =>
      this.get(node, name),
    );
    const excessNs = accounted.reduce((sum, ns) => sum + ns) - closedNs;
    if (excessNs > 0) this.add(node, 'busyNs', -excessNs);
  }

  /** How long the node has been in its present state. */
  private openNs(node: number, timeNs: number): number {
    const isDown = this.states[node] === DOWN;
    const heldNs = isDown ? this.get(node, 'heldSinceNs') : 0;
    const sinceNs = Math.max(this.get(node, 'closedNs'), heldNs);
    return Math.max(0, timeNs - sinceNs);
  }

  sum(entry: Entry): number {
    let sum = 0;
    for (let node = 0; node < this.nodeCount; node++) sum += this.get(node, entry);
    return sum;
  }

  /** The last time that any node was at work, in nanoseconds of the run. */
  lastNs(): number {
    let last = 0;
    for (let node = 0; node < this.nodeCount; node++)
      last = Math.max(last, this.get(node, 'closedNs'));
    return last;
  }

  /** The most bytes that any node has held so far. */
  get peakMemoryBytes(): number {
    let peakBytes = 0;
    for (let node = 0; node < this.nodeCount; node++)
      peakBytes = Math.max(peakBytes, this.get(node, 'peakMemoryBytes'));
    return peakBytes;
  }

  /**
   * All counts as one text, equal for two moments between which no node did anything. If two readings are equal, they
   * are a true picture of all nodes at every moment in between.
   */
  snapshot(): string {
    return Array.from(this.counts, (_, at) => Atomics.load(this.counts, at)).join(' ');
  }

  /**
   * Writes the time of the node in each of the NODE_STATES, in a run of that length. An unfinished stretch of work,
   * or of being down, counts up to the end; what was not busy, redo, comm or down was idle, so the states sum to the
   * length exactly.
   */
  readTimes(node: number, timeNs: number, into: Float64Array): void {
    const openNs = this.openNs(node, timeNs);
    const state = NODE_STATES[this.states[node]];
    const workNs = this.get(node, 'busyNs') + (state === 'busy' ? openNs : 0);
    const wastedNs = Math.min(workNs, this.work.wastedOf(node));
    const busyNs = workNs - wastedNs;
    const redoNs = this.get(node, 'redoNs') + wastedNs + (state === 'redo' ? openNs : 0);
    const commNs = this.get(node, 'commNs');
    const downNs = this.get(node, 'downNs') + (state === 'down' ? openNs : 0);
    into.set([downNs, busyNs, redoNs, commNs, timeNs - busyNs - redoNs - commNs - downNs]);
  }

  /** The accounts of all nodes over a run of that length, without memory items. */
  accounts(timeNs: number): NodeAccounts {
    const accounts = emptyAccounts(this.nodeCount);
    const times = new Float64Array(NODE_STATES.length);
    for (let node = 0; node < this.nodeCount; node++) {
      this.readTimes(node, timeNs, times);
      writeTimes(accounts, node, times);
      for (const figure of ACCOUNTED) accounts[figure][node] = this.get(node, figure);
    }
    return accounts;
  }
}
