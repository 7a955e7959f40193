/**
 * The figures every thread keeps on shared memory: where each node stands, its books, its counts. The main thread
 * reads them at any time without asking; each node's figures are written by its own thread alone. Knows no
 * worker and no port.
 */
import { NODE_STATES } from '../../engine/result.ts';
import type { NodeAccount } from '../../engine/result.ts';

/** Whole numbers written and read atomically, one set a node. */
const COUNTS = ['sent', 'received', 'waiting', 'finished', 'handlers'] as const;
/** Numbers one set a node; times in nanoseconds. */
const FIGURES = [
  'busyNs',
  'redoNs',
  'commNs',
  'closedNs',
  'jobs',
  'flops',
  'messagesSent',
  'bytesSent',
  'messagesReceived',
  'bytesReceived',
  'peakMemoryBytes',
] as const;

export type Count = (typeof COUNTS)[number];
export type Figure = (typeof FIGURES)[number];

const countSlot = Object.fromEntries(COUNTS.map((name, at) => [name, at])) as Record<Count, number>;
const figureSlot = Object.fromEntries(FIGURES.map((name, at) => [name, at])) as Record<
  Figure,
  number
>;

/** The shared memory of a board, to hand to threads. */
export interface BoardMemory {
  readonly counts: SharedArrayBuffer;
  readonly figures: SharedArrayBuffer;
  /** One state code a node, an index in NODE_STATES. */
  readonly states: Uint8Array;
}

/** Fresh memory for that many nodes. `states` must lie on shared memory; it is made when left out. */
export function boardMemory(nodeCount: number, states?: Uint8Array): BoardMemory {
  return {
    counts: new SharedArrayBuffer(nodeCount * COUNTS.length * 4),
    figures: new SharedArrayBuffer(nodeCount * FIGURES.length * 8),
    states: states ?? new Uint8Array(new SharedArrayBuffer(nodeCount)),
  };
}

export class ThreadBoard {
  readonly nodeCount: number;
  readonly states: Uint8Array;
  private readonly counts: Int32Array;
  private readonly figures: Float64Array;

  constructor(memory: BoardMemory) {
    this.counts = new Int32Array(memory.counts);
    this.figures = new Float64Array(memory.figures);
    this.states = memory.states;
    this.nodeCount = this.counts.length / COUNTS.length;
  }

  count(node: number, name: Count): number {
    return Atomics.load(this.counts, node * COUNTS.length + countSlot[name]);
  }

  setCount(node: number, name: Count, value: number): void {
    Atomics.store(this.counts, node * COUNTS.length + countSlot[name], value);
  }

  addCount(node: number, name: Count, value: number): void {
    Atomics.add(this.counts, node * COUNTS.length + countSlot[name], value);
  }

  figure(node: number, name: Figure): number {
    return this.figures[node * FIGURES.length + figureSlot[name]];
  }

  addFigure(node: number, name: Figure, value: number): void {
    this.figures[node * FIGURES.length + figureSlot[name]] += value;
  }

  sum(name: Figure | Count): number {
    let sum = 0;
    for (let node = 0; node < this.nodeCount; node++)
      sum +=
        name in countSlot ? this.count(node, name as Count) : this.figure(node, name as Figure);
    return sum;
  }

  /** Time of the last moment any node was at work, in nanoseconds of the run. */
  lastNs(): number {
    let last = 0;
    for (let node = 0; node < this.nodeCount; node++)
      last = Math.max(last, this.figure(node, 'closedNs'));
    return last;
  }

  /**
   * All counts as one text, equal for two moments between which no node did anything.
   * Read twice, equal both times, it is a true picture of all nodes at every moment between the two readings.
   */
  snapshot(): string {
    return Array.from(this.counts, (_, at) => Atomics.load(this.counts, at)).join(' ');
  }

  /**
   * The node's books over a run of that length. A stretch of work that is not over yet counts up to the end;
   * whatever was not busy, redo or comm was idle, so the states sum to the length exactly.
   */
  account(node: number, timeNs: number): Omit<NodeAccount, 'memoryItems'> {
    const openNs = Math.max(0, timeNs - this.figure(node, 'closedNs'));
    const state = NODE_STATES[this.states[node]];
    const busyNs = this.figure(node, 'busyNs') + (state === 'busy' ? openNs : 0);
    const redoNs = this.figure(node, 'redoNs') + (state === 'redo' ? openNs : 0);
    const commNs = this.figure(node, 'commNs');
    return {
      node,
      downNs: 0,
      busyNs,
      redoNs,
      commNs,
      idleNs: timeNs - busyNs - redoNs - commNs,
      jobs: this.figure(node, 'jobs'),
      flops: this.figure(node, 'flops'),
      messagesSent: this.figure(node, 'messagesSent'),
      bytesSent: this.figure(node, 'bytesSent'),
      messagesReceived: this.figure(node, 'messagesReceived'),
      bytesReceived: this.figure(node, 'bytesReceived'),
      peakMemoryBytes: this.figure(node, 'peakMemoryBytes'),
    };
  }
}
