/**
 * The figures every thread keeps on shared memory: where each node stands, its books, its counts. The main thread
 * reads them at any time without asking; each node's figures are written by its own thread alone. Knows no
 * worker and no port.
 */
import { emptyAccounts, writeTimes } from '../../../engine/node-accounts.ts';
import { NODE_STATES } from '../../../engine/node-states.ts';
import type { NodeAccounts } from '../../../engine/result.ts';
import { COUNTS, type Entry, FIGURES, type Figures } from '../board.ts';

const DOWN = NODE_STATES.indexOf('down');
const IDLE = NODE_STATES.indexOf('idle');

/** Where each entry lies among those of one node, in its own array. */
const slots = new Map<Entry, number>(
  [...COUNTS.entries(), ...FIGURES.entries()].map(([at, name]) => [name, at]),
);
const counted = new Set<Entry>(COUNTS);

/** What a board counts of the books of a node. No control frames: threads find out that others are gone without one. */
const BOOKED = [
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
  /** Busy nanoseconds of jobs by node and step, and those of them that were for nothing. */
  readonly worked: SharedArrayBuffer;
  readonly disowned: SharedArrayBuffer;
  /** The newest epoch that those jobs were of, and the one before which all are for nothing. */
  readonly epochs: SharedArrayBuffer;
  readonly bounds: SharedArrayBuffer;
  /** One state code a node, an index in NODE_STATES. */
  readonly states: Uint8Array;
}

/**
 * Fresh memory for that many nodes. Of `steps` and those above it the books are kept as of one.
 */
export function boardMemory(nodeCount: number, steps: number = 1): BoardMemory {
  const slots = () => new SharedArrayBuffer(nodeCount * steps * 8);
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

export class SharedBoard {
  readonly nodeCount: number;
  readonly states: Uint8Array;
  private readonly counts: Int32Array;
  private readonly figures: Float64Array;
  private readonly worked: Float64Array;
  private readonly disowned: Float64Array;
  private readonly epochs: Float64Array;
  private readonly bounds: Float64Array;
  private readonly steps: number;

  constructor(memory: BoardMemory) {
    this.worked = new Float64Array(memory.worked);
    this.disowned = new Float64Array(memory.disowned);
    this.epochs = new Float64Array(memory.epochs);
    this.bounds = new Float64Array(memory.bounds);
    this.counts = new Int32Array(memory.counts);
    this.figures = new Float64Array(memory.figures);
    this.states = memory.states;
    this.nodeCount = this.counts.length / COUNTS.length;
    this.steps = this.worked.length / this.nodeCount;
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

  /** Waits, without doing anything else, for as long as the node is held. */
  waitWhileHeld(node: number): void {
    Atomics.wait(this.counts, node * COUNTS.length + slots.get('held')!, 1);
  }

  /** Holds the node at the next thing it does. */
  hold(node: number, nowNs: number): void {
    this.set(node, 'held', 1);
    this.set(node, 'heldSinceNs', nowNs);
    if (this.states[node] === IDLE) this.states[node] = DOWN;
  }

  /** Lets the node go on; nothing happens if it is not held. */
  release(node: number): void {
    this.set(node, 'heldSinceNs', 0);
    this.set(node, 'held', 0);
    Atomics.notify(this.counts, node * COUNTS.length + slots.get('held')!);
  }

  /** A job of that step, which was no redo, took so long. One that names no epoch is before no other. */
  addWork(node: number, step: number, ns: number, epoch: number = Infinity): void {
    const slot = this.slotOf(node, step);
    if (epoch > this.epochs[slot]) {
      this.disowned[slot] = this.disownedIn(slot);
      this.epochs[slot] = epoch;
    }
    this.worked[slot] += ns;
  }

  /**
   * All work of the node of that step and later was for nothing; with `before`, what it does later as well, where it
   * is of no epoch from that one on; with `after`, what it has worked on last in an epoch after that one, and before the
   * other. Done twice it is as if done once.
   */
  disown(node: number, step: number, before: number = Infinity, after?: number): void {
    const last = this.slotOf(node, Infinity);
    for (let slot = this.slotOf(node, step); slot <= last; slot++) {
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

  private slotOf(node: number, step: number): number {
    return node * this.steps + Math.min(Math.max(0, step), this.steps - 1);
  }

  private disownedNs(node: number): number {
    const first = this.slotOf(node, 0);
    let sum = 0;
    for (let slot = first; slot < first + this.steps; slot++) sum += this.disownedIn(slot);
    return sum;
  }

  /** The node's thread is gone. What it did is put in the books; from now on the node is down. */
  wentDown(node: number, nowNs: number): void {
    const state = NODE_STATES[this.states[node]];
    const openNs = this.openNs(node, nowNs);
    const jobSinceNs = this.get(node, 'jobSinceNs');
    // The job dies with its host, so that it was for nothing.
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
    // A thread that was ended in the middle of its own book-keeping may have entered a stretch of work already.
    const booked = (['busyNs', 'redoNs', 'commNs', 'downNs'] as const).map((name) =>
      this.get(node, name),
    );
    const excessNs = booked.reduce((sum, ns) => sum + ns) - closedNs;
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

  /** Time of the last moment any node was at work, in nanoseconds of the run. */
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
   * All counts as one text, equal for two moments between which no node did anything.
   * Read twice, equal both times, it is a true picture of all nodes at every moment between the two readings.
   */
  snapshot(): string {
    return Array.from(this.counts, (_, at) => Atomics.load(this.counts, at)).join(' ');
  }

  /**
   * Writes what the node has spent in each of the NODE_STATES in a run of that length into as many places. A stretch of
   * work that is not over yet counts up to the end, as does one of being down; whatever was not busy, redo, comm or down
   * was idle, so the states sum to the length exactly.
   */
  readTimes(node: number, timeNs: number, into: Float64Array): void {
    const openNs = this.openNs(node, timeNs);
    const state = NODE_STATES[this.states[node]];
    const workNs = this.get(node, 'busyNs') + (state === 'busy' ? openNs : 0);
    const disownedNs = Math.min(workNs, this.disownedNs(node));
    const busyNs = workNs - disownedNs;
    const redoNs = this.get(node, 'redoNs') + disownedNs + (state === 'redo' ? openNs : 0);
    const commNs = this.get(node, 'commNs');
    const downNs = this.get(node, 'downNs') + (state === 'down' ? openNs : 0);
    into.set([downNs, busyNs, redoNs, commNs, timeNs - busyNs - redoNs - commNs - downNs]);
  }

  /** The books of all nodes over a run of that length, but for the items of memory. */
  accounts(timeNs: number): NodeAccounts {
    const accounts = emptyAccounts(this.nodeCount);
    const times = new Float64Array(NODE_STATES.length);
    for (let node = 0; node < this.nodeCount; node++) {
      this.readTimes(node, timeNs, times);
      writeTimes(accounts, node, times);
      for (const figure of BOOKED) accounts[figure][node] = this.get(node, figure);
    }
    return accounts;
  }
}

/** One node's part of it. */
export class NodeFigures implements Figures {
  private readonly board: SharedBoard;
  private readonly node: number;

  constructor(board: SharedBoard, node: number) {
    this.board = board;
    this.node = node;
  }

  get state(): number {
    return this.board.states[this.node];
  }

  set state(state: number) {
    this.board.states[this.node] = state;
  }

  get(entry: Entry): number {
    return this.board.get(this.node, entry);
  }

  set(entry: Entry, value: number): void {
    this.board.set(this.node, entry, value);
  }

  add(entry: Entry, value: number): void {
    this.board.add(this.node, entry, value);
  }

  addWork(step: number, ns: number, epoch?: number): void {
    this.board.addWork(this.node, step, ns, epoch);
  }

  disown(node: number, step: number, before?: number, after?: number): void {
    this.board.disown(node, step, before, after);
  }

  waitWhileHeld(): void {
    this.board.waitWhileHeld(this.node);
  }
}
