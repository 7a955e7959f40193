/**
 * A world of a few counting nodes in which anything that may happen next can be chosen: which message arrives or is lost,
 * who crashes, returns or is suspected, whose write or alarm falls due. It has no time. A state is a row of numbers: the
 * state of each node, what is on each wire, what has happened, and what may still happen; equal rows are equal states.
 */
import type { NodeId } from '../../../engine/world.ts';
import { LocalStates, type Move, Numbers } from './local-states.ts';
import { after, type History, NOTHING_YET, RASH } from './history.ts';

/** How many of each may happen on a way: fifteen at the most. */
export interface Budget {
  readonly crashes: number;
  /** Crashes in which the disk is lost too. */
  readonly disks: number;
  readonly losses: number;
  /** Of nodes that are up: of those that are down anybody may find out. */
  readonly suspicions: number;
  readonly alarms: number;
}

/** What may happen on a way, unless said otherwise. */
export const MOST_FAULTS: Budget = { crashes: 2, disks: 1, losses: 1, suspicions: 3, alarms: 3 };

const SPENT = ['crashes', 'disks', 'losses', 'suspicions', 'alarms'] as const;
const FREE = -1;
/** More than there are different ones. */
const MESSAGES = 2 ** 24;

/** What may happen at `node`; `from` is the wire that loses its first message by it, or -1. */
export interface Step {
  readonly node: NodeId;
  readonly from: NodeId;
  /** -1: the message is lost. */
  readonly event: number;
  /** The place of its budget, or FREE. */
  readonly spends: number;
}

export type Row = Int32Array;

export class SmallWorld {
  readonly nodeCount: number;
  /** Numbers in a row: nodes, wires by sender and receiver, history, budget. */
  readonly width: number;
  readonly locals: LocalStates;
  private readonly wires = new Numbers();
  private readonly messages = new Numbers();
  private readonly histories = new Numbers();
  private readonly historyOf: History[] = [];
  /** Numbers of events, by message and sender, and by peer. */
  private readonly arrivals: number[] = [];
  private readonly suspicions: number[] = [];
  /** Numbers of wires, by that of the wire before: without its first message, and with one more. */
  private readonly shifted: number[] = [];
  private readonly appended = new Map<number, number>();
  private readonly contents: (readonly number[])[] = [];
  private readonly plain: Record<
    'written' | 'crashes' | 'crashes, written' | 'loses its disk' | 'returns',
    number
  >;

  constructor(nodeCount: number, target: number) {
    this.nodeCount = nodeCount;
    this.width = nodeCount + nodeCount * nodeCount + 2;
    const times = { heartbeatNs: 1, misses: 1 };
    this.locals = new LocalStates({ nodeCount, ...times, target, flops: 0, watch: 'ring' });
    const event = (what: keyof SmallWorld['plain']) => this.locals.event([what]);
    this.plain = {
      written: event('written'),
      crashes: event('crashes'),
      'crashes, written': event('crashes, written'),
      'loses its disk': event('loses its disk'),
      returns: event('returns'),
    };
    this.wire([]);
    this.history(NOTHING_YET);
  }

  /** The state in which all nodes have begun. */
  beginning(left: Budget): Row {
    const row = new Int32Array(this.width);
    row[this.width - 1] = SPENT.reduce((sum, what, at) => sum + (left[what] << (4 * at)), 0);
    const moves = Array.from({ length: this.nodeCount }, (_, node) => this.locals.beginning(node));
    moves.forEach(({ to }, node) => (row[node] = to));
    moves.forEach((move, node) => this.settle(row, node, move));
    return row;
  }

  broken(row: Row): string | null {
    return this.historyOf[row[this.width - 2]].broken;
  }

  hasCommitted(row: Row): boolean {
    return this.historyOf[row[this.width - 2]].commits.length > 0;
  }

  phaseOf(row: Row, node: NodeId): string {
    return this.locals.states[row[node]].local.node!.phase;
  }

  /** What is on the wire, the oldest first. */
  onWire(row: Row, from: NodeId, to: NodeId): string[] {
    return this.contents[row[this.place(from, to)]].map((number) => this.messages.texts[number]);
  }

  /** All that may happen next. */
  steps(row: Row): Step[] {
    const steps: Step[] = [];
    const budget = row[this.width - 1];
    const left = (place: number) => (budget >> (4 * place)) & 15;
    const [crashes, disks, losses] = [left(0), left(1), left(2)];
    const [suspicions, alarms] = [left(3), left(4)];
    const add = (node: NodeId, event: number, spends = FREE, from = -1) =>
      steps.push({ node, from, event, spends });
    const { plain, locals } = this;
    for (let node = 0; node < this.nodeCount; node++) {
      const state = locals.states[row[node]];
      if (!state.isUp) {
        add(node, plain.returns);
        continue;
      }
      for (let from = 0; from < this.nodeCount; from++) {
        const wire = this.contents[row[this.place(from, node)]];
        if (wire.length === 0) continue;
        add(node, this.arrival(from, wire[0]), FREE, from);
        if (losses > 0) add(node, -1, 2, from);
      }
      if (state.isWriting) add(node, plain.written);
      if (crashes > 0) add(node, plain.crashes, 0);
      if (crashes > 0 && state.isWriting) add(node, plain['crashes, written'], 0);
      if (disks > 0) add(node, plain['loses its disk'], 1);
      for (const peer of state.watched) {
        const isUp = locals.states[row[peer]].isUp;
        if (!isUp || suspicions > 0) add(node, this.suspicion(peer), isUp ? 3 : FREE);
      }
      for (const alarm of state.alarms) {
        const isFree = alarm === 'membership/grace';
        if (alarm !== 'membership/hello' && (isFree || alarms > 0))
          add(node, locals.event(['woken', alarm]), isFree ? FREE : 4);
      }
    }
    return steps;
  }

  /** Changes the row to the state after that step. */
  take(row: Row, { node, from, event, spends }: Step): void {
    if (spends !== FREE) row[this.width - 1] -= 1 << (4 * spends);
    if (from >= 0) {
      const place = this.place(from, node);
      row[place] = this.shifted[row[place]] ??= this.wire(this.contents[row[place]].slice(1));
    }
    if (event < 0) return;
    const move = this.locals.move(row[node], event);
    row[node] = move.to;
    if (!this.locals.states[move.to].isUp)
      for (let other = 0; other < this.nodeCount; other++) row[this.place(other, node)] = 0;
    this.settle(row, node, move);
  }

  /** Whether it happens without faults. */
  isUsual({ event, from }: Step): boolean {
    return event >= 0 && (from >= 0 || event === this.plain.written);
  }

  /** The suspicion of that peer by that node, if it may happen. */
  suspicionOf(row: Row, node: NodeId, peer: NodeId): Step | undefined {
    const event = this.suspicion(peer);
    return this.steps(row).find((step) => step.node === node && step.event === event);
  }

  /** A step in words. */
  inWords({ node, from, event }: Step): unknown[] {
    if (event < 0) return ['lost', from, node];
    return [node, ...this.locals.eventOf(event)];
  }

  private settle(row: Row, node: NodeId, { effects, isRash }: Move): void {
    if (isRash) row[this.width - 2] = this.history(RASH);
    for (const effect of effects) {
      if (effect[0] === 'hangs up') row[this.place(node, effect[1])] = 0;
      else if (effect[0] === 'sends') {
        const [, to, text, isReminder] = effect;
        const place = this.place(node, to);
        const wire = this.contents[row[place]];
        const message = this.messages.of(text);
        if (!this.locals.states[row[to]].isUp || (isReminder && wire.includes(message))) continue;
        const key = row[place] * MESSAGES + message;
        let longer = this.appended.get(key);
        if (longer === undefined) this.appended.set(key, (longer = this.wire([...wire, message])));
        row[place] = longer;
      } else this.noted(row, effect[1], effect[2]);
    }
  }

  private noted(row: Row, name: string, value: object): void {
    if (name !== 'installed' && name !== 'committed') return;
    const place = this.width - 2;
    const history = this.historyOf[row[place]];
    if (history.broken !== null) return;
    const lives = Array.from(
      row.subarray(0, this.nodeCount),
      (state) => this.locals.states[state].incarnation,
    );
    row[place] = this.history(after(history, name, value, lives));
  }

  private place(from: NodeId, to: NodeId): number {
    return this.nodeCount + from * this.nodeCount + to;
  }

  private wire(content: readonly number[]): number {
    const number = this.wires.of(content.join());
    this.contents[number] ??= content;
    return number;
  }

  private history(history: History): number {
    const number = this.histories.of(JSON.stringify(history));
    this.historyOf[number] ??= history;
    return number;
  }

  private arrival(from: NodeId, message: number): number {
    const at = message * this.nodeCount + from;
    return (this.arrivals[at] ??= this.locals.event([
      'arrives',
      from,
      this.messages.texts[message],
    ]));
  }

  private suspicion(peer: NodeId): number {
    return (this.suspicions[peer] ??= this.locals.event(['suspects', peer]));
  }
}
