/**
 * A world of a few counting nodes in which anything that may happen next can be chosen: which message arrives or is lost,
 * who crashes, returns or is suspected, whose write or alarm falls due. It has no time. A state can be copied and hashed, so
 * that all states up to some number of steps can be visited.
 */
import { createHash } from 'node:crypto';
import type { Job, Message, NodeId } from '../../../engine/world.ts';
import { CountingNode } from './counting-node.ts';

/** How many of each may happen on a way. */
export interface Budget {
  readonly crashes: number;
  /** Crashes in which the disk is lost too. */
  readonly disks: number;
  readonly losses: number;
  /** Of nodes that are up: of those that are down anybody may find out. */
  readonly suspicions: number;
  readonly alarms: number;
}

export type Step =
  | readonly ['arrives' | 'lost' | 'suspects', from: NodeId, to: NodeId]
  | readonly [
      'written' | 'crashes' | 'crashes, written' | 'loses its disk' | 'returns',
      node: NodeId,
    ]
  | readonly ['woken', node: NodeId, alarm: string];

interface Disk {
  record: string | null;
  writing: string | null;
  queued: string | null;
}

/** The verbs of one incarnation of a node. */
class SmallVerbs {
  readonly self: NodeId;
  readonly incarnation: number;
  readonly disk: object | null;
  readonly alarms = new Set<string>();
  readonly watched = new Set<NodeId>();
  job: Job | null = null;
  private readonly small: SmallWorld;

  constructor(small: SmallWorld, self: NodeId) {
    const { record } = small.disks[self];
    this.small = small;
    this.self = self;
    this.incarnation = small.incarnations[self];
    this.disk = record === null ? null : (JSON.parse(record) as object);
  }

  now = () => 0;
  send(to: NodeId, message: Message): void {
    const { nodes, wires } = this.small;
    const wire = wires[this.self][to];
    const text = JSON.stringify(message);
    if (message.isReminder && wire.some((other) => other === text)) return;
    if (nodes[to] !== null) wire.push(text);
  }
  persist(record: object): void {
    const disk = this.small.disks[this.self];
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
    if (incarnation === undefined) this.small.wires[this.self][peer] = [];
  }
  compute(job: Job): void {
    this.job = job;
  }
  note(name: string, value: any): void {
    this.small.noted(name, value);
  }
}

interface KnownView {
  readonly epoch: number;
  readonly members: readonly NodeId[];
  readonly steps: number;
}

export class SmallWorld {
  readonly nodes: (CountingNode | null)[];
  readonly verbs: SmallVerbs[] = [];
  readonly incarnations: number[];
  readonly disks: Disk[];
  readonly wires: string[][][];
  left: Budget;
  /** What has happened, as far as what must hold speaks of it. */
  readonly views: KnownView[] = [];
  readonly commits: { epoch: number; step: number; lives: number[] }[] = [];
  broken: string | null = null;
  private readonly settings;

  constructor(nodeCount: number, target: number, left: Budget) {
    const each = Array.from({ length: nodeCount }, (_, node) => node);
    this.nodes = each.map(() => null);
    this.incarnations = each.map(() => 0);
    this.disks = each.map(() => ({ record: null, writing: null, queued: null }));
    this.wires = each.map(() => each.map(() => []));
    this.left = left;
    const times = { heartbeatNs: 1, misses: 1 };
    this.settings = { nodeCount, ...times, target, flops: 0, watch: 'ring' as const };
    for (const node of each) this.place(node);
    for (const node of each) this.begin(node);
  }

  /** All that may happen next. */
  steps(): Step[] {
    const { left } = this;
    const steps: Step[] = [];
    this.nodes.forEach((node, self) => {
      if (node === null) {
        steps.push(['returns', self]);
        return;
      }
      this.wires.forEach((wires, from) => {
        if (wires[self].length === 0) return;
        steps.push(['arrives', from, self]);
        if (left.losses > 0) steps.push(['lost', from, self]);
      });
      const { writing } = this.disks[self];
      if (writing !== null) steps.push(['written', self]);
      if (left.crashes > 0) steps.push(['crashes', self]);
      if (left.crashes > 0 && writing !== null) steps.push(['crashes, written', self]);
      if (left.disks > 0) steps.push(['loses its disk', self]);
      for (const peer of this.verbs[self].watched)
        if (left.suspicions > 0 || this.nodes[peer] === null) steps.push(['suspects', self, peer]);
      for (const alarm of this.verbs[self].alarms)
        if (alarm !== 'membership/hello' && (left.alarms > 0 || alarm === 'membership/grace'))
          steps.push(['woken', self, alarm]);
    });
    return steps;
  }

  take(step: Step): void {
    const [what, node] = step;
    switch (what) {
      case 'arrives': {
        const to = step[2] as NodeId;
        const message = JSON.parse(this.wires[node][to].shift()!) as Message;
        return this.tell(to, (it) => it.receive(message, node));
      }
      case 'lost':
        this.wires[node][step[2] as NodeId].shift();
        return this.spend('losses');
      case 'suspects': {
        const peer = step[2] as NodeId;
        this.verbs[node].watched.delete(peer);
        if (this.nodes[peer] !== null) this.spend('suspicions');
        return this.tell(node, (it) => it.suspected(peer));
      }
      case 'written':
        this.written(node);
        return this.tell(node, (it) => it.persisted());
      case 'crashes, written':
        this.written(node);
        return this.crash(node);
      case 'loses its disk':
        this.disks[node].record = null;
        return this.crash(node, 'disks');
      case 'crashes':
        return this.crash(node);
      case 'returns':
        this.incarnations[node]++;
        this.place(node);
        return this.begin(node);
      case 'woken': {
        const alarm = step[2] as string;
        this.verbs[node].alarms.delete(alarm);
        if (alarm !== 'membership/grace') this.spend('alarms');
        return this.tell(node, (it) => it.woken(alarm));
      }
    }
  }

  noted(name: string, value: any): void {
    if (name === 'installed') this.installed(value);
    if (name !== 'committed') return;
    this.commits.push({ epoch: value.epoch, step: value.step, lives: [...this.incarnations] });
    this.checkMajority(value.epoch);
  }

  hash(): string {
    const hidden = new Set(['membership', 'world', 'host', 'settings', 'small', 'record', 'parts']);
    const shown = (key: string, value: any): unknown => {
      if (value instanceof Map) return [...value].sort();
      if (value instanceof Set) return [...value].sort();
      return hidden.has(key) && typeof value === 'object' && key !== 'record' ? undefined : value;
    };
    const nodes = this.nodes.map((node) => node && { node, membership: node.membership });
    const { verbs, incarnations, disks, wires, left, views, commits } = this;
    const all = { verbs, incarnations, disks, wires, left, views, commits };
    const text = JSON.stringify(all, shown);
    const inner = nodes.map((node) => JSON.stringify(node && partsOf(node), shown));
    return createHash('md5').update(text).update(inner.join()).digest('base64');
  }

  /** One plan an epoch (S1), and nothing committed that a newer view has not (S3). */
  private installed(view: KnownView): void {
    const other = this.views.find(({ epoch }) => epoch === view.epoch);
    if (other === undefined) this.views.push(view);
    else if (JSON.stringify(other) !== JSON.stringify(view))
      this.broken = `S1: two views of epoch ${view.epoch}`;
    this.checkCommits();
  }

  /** State is gone only where all members of a complete view have lost theirs. */
  private checkCommits(): void {
    const lost = this.commits.filter(({ epoch, lives }) =>
      this.membersOf(epoch).every((member) => this.incarnations[member] > lives[member]),
    );
    for (const { epoch, step } of this.commits)
      for (const view of this.views) {
        if (view.epoch <= epoch || view.steps >= step) continue;
        if (!lost.some((other) => other.epoch >= epoch && other.epoch < view.epoch))
          this.broken = `S3: step ${step} of epoch ${epoch} is lost in epoch ${view.epoch}`;
      }
  }

  private membersOf(epoch: number): readonly NodeId[] {
    return this.views.find((view) => view.epoch === epoch)!.members;
  }

  /** Of two complete views the later one has more than half of the earlier one's members (S2). */
  private checkMajority(epoch: number): void {
    const complete = this.commits.map((commit) => commit.epoch);
    const view = this.views.find((one) => one.epoch === epoch)!;
    for (const other of this.views) {
      if (other.epoch === epoch || !complete.includes(other.epoch)) continue;
      const [early, late] = other.epoch < epoch ? [other, view] : [view, other];
      const common = early.members.filter((member) => late.members.includes(member));
      if (2 * common.length <= early.members.length)
        this.broken = `S2: epoch ${late.epoch} goes on without half of epoch ${early.epoch}`;
    }
    this.checkCommits();
  }

  private place(node: NodeId): void {
    this.verbs[node] = new SmallVerbs(this, node);
    this.nodes[node] = new CountingNode(this.verbs[node] as any, this.settings);
  }

  private begin(node: NodeId): void {
    this.tell(node, (it) => it.start());
  }

  private tell(node: NodeId, what: (it: CountingNode) => void): void {
    const it = this.nodes[node]!;
    what(it);
    for (let job = this.verbs[node].job; job !== null; job = this.verbs[node].job) {
      this.verbs[node].job = null;
      it.computed(job);
    }
  }

  private written(node: NodeId): void {
    const disk = this.disks[node];
    disk.record = disk.writing;
    disk.writing = disk.queued;
    disk.queued = null;
  }

  private crash(node: NodeId, budget: keyof Budget = 'crashes'): void {
    const disk = this.disks[node];
    disk.writing = disk.queued = null;
    this.nodes[node] = null;
    this.verbs[node].alarms.clear();
    this.verbs[node].watched.clear();
    for (const wires of this.wires) wires[node] = [];
    this.spend(budget);
  }

  private spend(what: keyof Budget): void {
    this.left = { ...this.left, [what]: this.left[what] - 1 };
  }
}

/** What a node's state is made of, without the ways back from its parts to the whole. */
function partsOf({ node, membership }: { node: CountingNode; membership: any }): unknown[] {
  const { record, watches, retry, initiator, admission, ending, follower } = membership;
  const { phase, view, floor, missing, together } = membership;
  const { promised, views, finished, writes } = record;
  const own = [phase, view, floor, missing, together, promised, views, finished, writes];
  return [own, node, watches, retry, initiator, admission, ending, follower];
}
