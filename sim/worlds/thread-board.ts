/**
 * The figures every thread keeps on shared memory: where each node stands, its books, its counts. The main thread
 * reads them at any time without asking; each node's figures are written by its own thread alone. Knows no
 * worker and no port.
 */
import { NODE_STATES } from '../../engine/result.ts';
import type { NodeAccount } from '../../engine/result.ts';

/** Whole numbers written and read atomically, one set a node. */
const COUNTS = ['sent', 'received', 'waiting', 'finished', 'handlers', 'held'] as const;
/** Numbers one set a node; times in nanoseconds. */
const FIGURES = [
  'busyNs',
  'redoNs',
  'commNs',
  'downNs',
  /** Up to here every nanosecond is in the books. */
  'closedNs',
  /** Since when the node is held; 0 while it is not. */
  'heldSinceNs',
  /** Since when a job runs; 0 while none does. */
  'jobSinceNs',
  /** What a job takes over what its work alone would; 0 stands for 1. */
  'slowness',
  'jobs',
  'flops',
  'messagesSent',
  'bytesSent',
  'messagesReceived',
  'bytesReceived',
  'peakMemoryBytes',
] as const;

const DOWN = NODE_STATES.indexOf('down');
const IDLE = NODE_STATES.indexOf('idle');

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
  /** Busy nanoseconds of jobs by node and lineage, and those of them that were for nothing. */
  readonly worked: SharedArrayBuffer;
  readonly disowned: SharedArrayBuffer;
  /** The newest epoch that those jobs were of, and the one before which all are for nothing. */
  readonly epochs: SharedArrayBuffer;
  readonly bounds: SharedArrayBuffer;
  /** One state code a node, an index in NODE_STATES. */
  readonly states: Uint8Array;
}

/**
 * Fresh memory for that many nodes. Of `lineages` and those above it the books are kept as of one.
 */
export function boardMemory(nodeCount: number, lineages: number = 1): BoardMemory {
  const slots = () => new SharedArrayBuffer(nodeCount * lineages * 8);
  return {
    worked: slots(),
    disowned: slots(),
    epochs: slots(),
    bounds: slots(),
    counts: new SharedArrayBuffer(nodeCount * COUNTS.length * 4),
    figures: new SharedArrayBuffer(nodeCount * FIGURES.length * 8),
    states: new Uint8Array(new SharedArrayBuffer(nodeCount)),
  };
}

export class ThreadBoard {
  readonly nodeCount: number;
  readonly states: Uint8Array;
  private readonly counts: Int32Array;
  private readonly figures: Float64Array;
  private readonly worked: Float64Array;
  private readonly disowned: Float64Array;
  private readonly epochs: Float64Array;
  private readonly bounds: Float64Array;
  private readonly lineages: number;
  /** Never written: somewhere to wait. */
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));

  constructor(memory: BoardMemory) {
    this.worked = new Float64Array(memory.worked);
    this.disowned = new Float64Array(memory.disowned);
    this.epochs = new Float64Array(memory.epochs);
    this.bounds = new Float64Array(memory.bounds);
    this.counts = new Int32Array(memory.counts);
    this.figures = new Float64Array(memory.figures);
    this.states = memory.states;
    this.nodeCount = this.counts.length / COUNTS.length;
    this.lineages = this.worked.length / this.nodeCount;
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

  /** Waits, without doing anything else, for as long as the node is held. */
  waitWhileHeld(node: number): void {
    Atomics.wait(this.counts, node * COUNTS.length + countSlot.held, 1);
  }

  /** Does nothing for that long. */
  sleep(ns: number): void {
    Atomics.wait(this.nap, 0, 0, ns / 1e6);
  }

  /** Holds the node at the next thing it does. */
  hold(node: number, nowNs: number): void {
    this.setCount(node, 'held', 1);
    this.setFigure(node, 'heldSinceNs', nowNs);
    if (this.states[node] === IDLE) this.states[node] = DOWN;
  }

  /** Lets the node go on; nothing happens if it is not held. */
  release(node: number): void {
    this.setFigure(node, 'heldSinceNs', 0);
    this.setCount(node, 'held', 0);
    Atomics.notify(this.counts, node * COUNTS.length + countSlot.held);
  }

  figure(node: number, name: Figure): number {
    return this.figures[node * FIGURES.length + figureSlot[name]];
  }

  addFigure(node: number, name: Figure, value: number): void {
    this.figures[node * FIGURES.length + figureSlot[name]] += value;
  }

  setFigure(node: number, name: Figure, value: number): void {
    this.figures[node * FIGURES.length + figureSlot[name]] = value;
  }

  /** A job of that lineage, which was no redo, took so long. One that names no epoch is before no other. */
  addWork(node: number, lineage: number, ns: number, epoch: number = Infinity): void {
    const slot = this.lineageSlot(node, lineage);
    if (epoch > this.epochs[slot]) {
      this.disowned[slot] = this.disownedIn(slot);
      this.epochs[slot] = epoch;
    }
    this.worked[slot] += ns;
  }

  /**
   * All work of the node of that lineage and later was for nothing; with `before`, what it does later as well, where it
   * is of no epoch from that one on; with `after`, what it has worked on last in an epoch after that one, and before the
   * other. Done twice it is as if done once.
   */
  disown(node: number, lineage: number, before: number = Infinity, after?: number): void {
    const last = this.lineageSlot(node, Infinity);
    for (let slot = this.lineageSlot(node, lineage); slot <= last; slot++) {
      const epoch = this.epochs[slot];
      if (after === undefined && before < Infinity)
        this.bounds[slot] = Math.max(this.bounds[slot], before);
      else if (after === undefined || (epoch > after && epoch < before))
        this.disowned[slot] = this.worked[slot];
    }
  }

  /** Whoever works in a newer epoch has said by then what of its older work was for nothing. */
  private disownedIn(slot: number): number {
    return this.epochs[slot] < this.bounds[slot] ? this.worked[slot] : this.disowned[slot];
  }

  private lineageSlot(node: number, lineage: number): number {
    return node * this.lineages + Math.min(Math.max(0, lineage), this.lineages - 1);
  }

  private disownedNs(node: number): number {
    const first = this.lineageSlot(node, 0);
    let sum = 0;
    for (let slot = first; slot < first + this.lineages; slot++) sum += this.disownedIn(slot);
    return sum;
  }

  /** The node's thread is gone. What it did is put in the books; from now on the node is down. */
  wentDown(node: number, nowNs: number): void {
    const state = NODE_STATES[this.states[node]];
    const openNs = this.openNs(node, nowNs);
    const jobSinceNs = this.figure(node, 'jobSinceNs');
    // The job dies with its host, so that it was for nothing.
    const jobNs = jobSinceNs > 0 ? Math.min(openNs, Math.max(0, nowNs - jobSinceNs)) : 0;
    if (state === 'busy') {
      this.addFigure(node, 'busyNs', openNs - jobNs);
      this.addFigure(node, 'redoNs', jobNs);
    }
    if (state === 'redo') this.addFigure(node, 'redoNs', openNs);
    if (state === 'down') this.addFigure(node, 'downNs', openNs);
    const closedNs = Math.max(nowNs, this.figure(node, 'closedNs'));
    this.setFigure(node, 'closedNs', closedNs);
    this.setFigure(node, 'heldSinceNs', 0);
    this.setFigure(node, 'jobSinceNs', 0);
    this.states[node] = DOWN;
    // A thread that was ended in the middle of its own book-keeping may have entered a stretch of work already.
    const booked = (['busyNs', 'redoNs', 'commNs', 'downNs'] as const).map((name) =>
      this.figure(node, name),
    );
    const excessNs = booked.reduce((sum, ns) => sum + ns) - closedNs;
    if (excessNs > 0) this.addFigure(node, 'busyNs', -excessNs);
  }

  /** The node begins another life. */
  cameUp(node: number, nowNs: number): void {
    this.addFigure(node, 'downNs', nowNs - this.figure(node, 'closedNs'));
    this.setFigure(node, 'closedNs', nowNs);
    this.states[node] = IDLE;
  }

  /** How long the node has been in its present state. */
  private openNs(node: number, timeNs: number): number {
    const isDown = this.states[node] === DOWN;
    const heldNs = isDown ? this.figure(node, 'heldSinceNs') : 0;
    const sinceNs = Math.max(this.figure(node, 'closedNs'), heldNs);
    return Math.max(0, timeNs - sinceNs);
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
   * The node's books over a run of that length. A stretch of work that is not over yet counts up to the end, as does
   * one of being down; whatever was not busy, redo, comm or down was idle, so the states sum to the length exactly.
   */
  account(node: number, timeNs: number): Omit<NodeAccount, 'memoryItems'> {
    const openNs = this.openNs(node, timeNs);
    const state = NODE_STATES[this.states[node]];
    const workNs = this.figure(node, 'busyNs') + (state === 'busy' ? openNs : 0);
    const disownedNs = Math.min(workNs, this.disownedNs(node));
    const busyNs = workNs - disownedNs;
    const redoNs = this.figure(node, 'redoNs') + disownedNs + (state === 'redo' ? openNs : 0);
    const commNs = this.figure(node, 'commNs');
    const downNs = this.figure(node, 'downNs') + (state === 'down' ? openNs : 0);
    return {
      node,
      downNs,
      busyNs,
      redoNs,
      commNs,
      idleNs: timeNs - busyNs - redoNs - commNs - downNs,
      jobs: this.figure(node, 'jobs'),
      flops: this.figure(node, 'flops'),
      messagesSent: this.figure(node, 'messagesSent'),
      bytesSent: this.figure(node, 'bytesSent'),
      messagesReceived: this.figure(node, 'messagesReceived'),
      bytesReceived: this.figure(node, 'bytesReceived'),
      // Threads find out that others are gone without a frame.
      controlFramesSent: 0,
      controlBytesSent: 0,
      controlFramesReceived: 0,
      controlBytesReceived: 0,
      peakMemoryBytes: this.figure(node, 'peakMemoryBytes'),
    };
  }
}
