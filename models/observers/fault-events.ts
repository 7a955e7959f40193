/**
 * The event log of a run with faults, in words: which nodes a fault hit, who suspects whom, what was repaired. It
 * keeps the first and the last events, so that a run with endless faults does not fill the memory.
 */
import { formatCounted } from '../../engine/format.ts';
import type { FaultKind, InjectedFault } from '../../engine/faults/fault-rule.ts';
import type { NodeId } from '../../engine/world.ts';
import type { FaultEvent } from './fault-record.ts';
import type { HaltedNote, LostNote, RecoveredNote, RepairNote } from '../spec/notes.ts';

/** How many first events are kept, and as many last ones. */
const KEPT_EACH_END = 2000;

export class EventList {
  private readonly keptEachEnd: number;
  private readonly first: FaultEvent[] = [];
  /** The newest events, a ring buffer once it is full. */
  private readonly last: FaultEvent[] = [];
  private added = 0;

  constructor(keptEachEnd = KEPT_EACH_END) {
    this.keptEachEnd = keptEachEnd;
  }

  /** Events so far, including those left out. */
  get count(): number {
    return this.added;
  }

  add(event: FaultEvent): void {
    const { first, last, keptEachEnd } = this;
    if (first.length < keptEachEnd) first.push(event);
    else last[this.added % keptEachEnd] = event;
    this.added++;
  }

  /** The kept events from that number (counted from 0) on. */
  since(number: number): FaultEvent[] {
    const { first, keptEachEnd } = this;
    const newest = Math.max(number, this.added - this.last.length);
    const events = number < first.length ? first.slice(number) : [];
    for (let k = Math.max(newest, keptEachEnd); k < this.added; k++)
      events.push(this.last[k % keptEachEnd]);
    return events;
  }

  /** All that was kept, and what was left out. */
  record(): { events: FaultEvent[]; eventsLeftOut: { count: number; after: number } } {
    const count = this.added - this.first.length - this.last.length;
    return { events: this.since(0), eventsLeftOut: { count, after: this.first.length } };
  }
}

/** `node 3`, `nodes 3 and 7`, `nodes 0-63 and 70`. */
export function nodesText(nodes: readonly NodeId[]): string {
  const sorted = [...nodes].sort((one, other) => one - other);
  const runs: [number, number][] = [];
  for (const node of sorted) {
    const run = runs.at(-1);
    if (run && node <= run[1] + 1) run[1] = node;
    else runs.push([node, node]);
  }
  // Two in a row are listed; three and more are a range.
  const texts = runs.flatMap(([low, high]) => {
    if (high - low > 1) return [`${low}-${high}`];
    return low === high ? [`${low}`] : [`${low}`, `${high}`];
  });
  const end = texts.pop() ?? 'none';
  const list = texts.length > 0 ? `${texts.join(', ')} and ${end}` : end;
  return nodes.length === 1 ? `node ${list}` : `nodes ${list}`;
}

type Wording = readonly [struck: string, struckMany: string, over: string, overMany: string];

/** For one node and for several, `#` being the nodes: as the fault begins, and as it ends. */
const WORDINGS: Record<FaultKind, Wording> = {
  crash: ['# crashes', '# crash', '# is back, its memory gone', '# are back, their memory gone'],
  pause: ['# stands still', '# stand still', '# goes on', '# go on'],
  slow: ['# slows down', '# slow down', '# is as fast as before', '# are as fast as before'],
  cut: ['links of # are cut', 'links of # are cut', 'links of # are whole', 'links of # are whole'],
  partition: ['the network parts', 'the network parts', 'the network is one', 'the network is one'],
  loss: ['# loses messages', '# lose messages', '# loses no more', '# lose no more messages'],
  duplicate: ['# sends double', '# send double', '# sends once again', '# send once again'],
  reorder: ['# mixes up messages', '# mix up messages', '# keeps order', '# keep order again'],
  degrade: ['links of # degrade', 'links of # degrade', 'links of # mend', 'links of # mend'],
};

export function struckText({ kind, nodes }: InjectedFault): string {
  if (nodes.length === 0) return `a ${kind} finds nobody to strike`;
  const [one, many] = WORDINGS[kind];
  return (nodes.length === 1 ? one : many).replace('#', nodesText(nodes));
}

export function overText({ kind, nodes }: InjectedFault): string {
  const [, , one, many] = WORDINGS[kind];
  return (nodes.length === 1 ? one : many).replace('#', nodesText(nodes));
}

/** With no node gone, the view changes because one returns. */
export function repairText(node: NodeId, { gone }: RepairNote): string {
  if (gone.length === 0) return `node ${node} begins a change of view`;
  return `node ${node} begins a repair without ${nodesText(gone)}`;
}

export function recoveredText({ members, joined, version, from }: RecoveredNote): string {
  const nodes = formatCounted(members.length, 'node');
  const back = joined.length > 0 ? `, ${nodesText(joined)} back` : '';
  const where = {
    replicas: `version ${version}`,
    checkpoint: `version ${version}, ${version > 0 ? 'the checkpoint' : 'the seed'}`,
  };
  return `training goes on from ${where[from]}, on ${nodes}${back}`;
}

export function haltedText(node: NodeId, { reason }: HaltedNote): string {
  return `node ${node} halts: ${reason}`;
}

export function lostText({ parameters, why }: LostNote): string {
  const count = parameters.reduce((sum, [low, high]) => sum + high - low, 0);
  return `${formatCounted(count, 'parameter is', 'parameters are')} lost: ${why}`;
}
