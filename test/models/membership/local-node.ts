/**
 * One counting node of a small world with its own disk, alarms and watches: all that an event at it can change but what
 * lies on the wires. It is told of one event at a time, and gives what comes of it for others. It can be copied, and
 * written down as text that is the same for equal states alone.
 */
import type { Job, Message, NodeId } from '../../../engine/world.ts';
import { CountingNode, type CountSettings } from './counting-node.ts';

/** What an event at a node does beyond it, in this order. */
export type Effect =
  | readonly ['sends', to: NodeId, text: string, isReminder: boolean]
  | readonly ['hangs up', peer: NodeId]
  | readonly ['notes', name: string, value: object];

/** What may happen at a node. */
export type LocalEvent =
  | readonly ['arrives', from: NodeId, text: string]
  | readonly ['suspects', peer: NodeId]
  | readonly ['woken', alarm: string]
  | readonly ['written' | 'crashes' | 'crashes, written' | 'loses its disk' | 'returns'];

/** The verbs of one incarnation of a node. */
class LocalVerbs {
  readonly self: NodeId;
  readonly incarnation: number;
  readonly disk: object | null;
  readonly alarms = new Set<string>();
  readonly watched = new Set<NodeId>();
  job: Job | null = null;
  private readonly local: LocalNode;

  constructor(local: LocalNode, self: NodeId) {
    const { record } = local.disk;
    this.local = local;
    this.self = self;
    this.incarnation = local.incarnation;
    this.disk = record === null ? null : (JSON.parse(record) as object);
  }

  now(): number {
    return 0;
  }
  send(to: NodeId, message: Message): void {
    const isReminder = message.isReminder === true;
    this.local.effects.push(['sends', to, JSON.stringify(message), isReminder]);
  }
  persist(record: object): void {
    const { disk } = this.local;
    if (disk.writing === null) disk.writing = JSON.stringify(record);
    else disk.queued = JSON.stringify(record);
  }
  wake(alarm: string): void {
    this.alarms.add(alarm);
  }
  cancel(alarm: string): void {
    this.alarms.delete(alarm);
  }
  watch(peer: NodeId): void {
    this.watched.add(peer);
  }
  unwatch(peer: NodeId): void {
    this.watched.delete(peer);
  }
  hangUp(peer: NodeId, incarnation?: number): void {
    if (incarnation === undefined) this.local.effects.push(['hangs up', peer]);
  }
  compute(job: Job): void {
    this.job = job;
  }
  note(name: string, value: object): void {
    this.local.effects.push(['notes', name, structuredClone(value)]);
  }
}

export class LocalNode {
  readonly self: NodeId;
  incarnation = 0;
  readonly disk = {
    record: null as string | null,
    writing: null as string | null,
    queued: null as string | null,
  };
  /** Null while it is down. */
  node: CountingNode | null = null;
  verbs: LocalVerbs | null = null;
  effects: Effect[] = [];
  private readonly settings: CountSettings;

  constructor(self: NodeId, settings: CountSettings) {
    this.self = self;
    this.settings = settings;
  }

  /** Begins an incarnation. */
  begin(): void {
    this.verbs = new LocalVerbs(this, this.self);
    this.node = new CountingNode(this.verbs as any, this.settings);
    this.tell((node) => node.start());
  }

  take(event: LocalEvent): void {
    const [what] = event;
    switch (what) {
      case 'arrives':
        return this.tell((node) => node.receive(JSON.parse(event[2]) as Message, event[1]));
      case 'suspects':
        this.verbs!.watched.delete(event[1]);
        return this.tell((node) => node.suspected(event[1]));
      case 'woken':
        this.verbs!.alarms.delete(event[1]);
        return this.tell((node) => node.woken(event[1]));
      case 'written':
        this.written();
        return this.tell((node) => node.persisted());
      case 'crashes, written':
        this.written();
        return this.crash();
      case 'loses its disk':
        this.disk.record = null;
        return this.crash();
      case 'crashes':
        return this.crash();
      case 'returns':
        this.incarnation++;
        return this.begin();
    }
  }

  /** All that its future depends on. What never changes is left out. */
  text(): string {
    const { incarnation, disk, verbs, node } = this;
    const { record, writing, queued } = disk;
    const head = JSON.stringify([this.self, incarnation, record, writing, queued]);
    if (node === null || verbs === null) return head;
    const alarms = [...verbs.alarms].sort().join();
    const watched = [...verbs.watched].sort().join();
    return `${head}|${JSON.stringify(verbs.disk)}|${alarms}|${watched}|${written(node)}`;
  }

  private written(): void {
    this.disk.record = this.disk.writing;
    this.disk.writing = this.disk.queued;
    this.disk.queued = null;
  }

  private crash(): void {
    this.disk.writing = this.disk.queued = null;
    this.node = null;
    this.verbs = null;
  }

  private tell(what: (node: CountingNode) => void): void {
    const node = this.node!;
    what(node);
    for (let job = this.verbs!.job; job !== null; job = this.verbs!.job) {
      this.verbs!.job = null;
      node.computed(job);
    }
  }
}

/** Fields that are the same in all states of a node, or written down beside it. */
const CONSTANT = new Set(['world', 'settings']);

/** The objects that can be reached, each in full once, in the order of their fields and entries. */
function written(value: unknown, known = new Map<object, number>()): string {
  if (typeof value === 'function') throw new Error('a function is no part of a state');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '-';
  const there = known.get(value);
  if (there !== undefined) return `#${there}`;
  known.set(value, known.size);
  const inner = (item: unknown) => written(item, known);
  if (Array.isArray(value)) return `[${value.map(inner).join()}]`;
  if (value instanceof Set) return `S[${[...value].map(inner).join()}]`;
  if (value instanceof Map)
    return `M[${[...value].map(([key, item]) => `${inner(key)}:${inner(item)}`).join()}]`;
  let text = '{';
  for (const key in value)
    if (!CONSTANT.has(key)) text += `${key}:${inner((value as Record<string, unknown>)[key])},`;
  return `${text}}`;
}
