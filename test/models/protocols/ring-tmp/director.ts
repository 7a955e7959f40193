/** The node of a play that changes the view of all others as its script says; see view-play.ts. */
import type { Message, Node, NodeId, World } from '../../../../engine/world.ts';
import type {
  LayoutReport,
  RecoveryPlan,
  RingView,
} from '../../../../models/protocols/ring-tmp/layout/ring-view.ts';
import type { RingWork } from '../../../../models/protocols/ring-tmp/ring-work.ts';
import type { CheckpointIndex } from '../../../../models/replication/checkpoints.ts';

/** What the director says, and is told. */
export type Direction =
  | { kind: 'DIE' | 'STOP' | 'DONE' }
  | { kind: 'REPORT'; change: number; layouts: readonly LayoutReport[] }
  | { kind: 'GO'; plan: RecoveryPlan }
  | { kind: 'COMPLETE' | 'READY'; epoch: number };

/** One change of view. */
export interface Change {
  /** Begins that long after the one before was told of. */
  readonly afterNs: number;
  /** Or as an iteration begins, if the ring gets to one. */
  readonly atBoundary: boolean;
  /** Which node loses all it has, modulo those that may without loss; -1: none. */
  readonly kills: number;
  /** Kills whoever it likes, and lets all go back to the checkpoint if that cannot be mended. */
  readonly ruthless: boolean;
  /** Goes on from the newest layout that can be served, and not from the last that is known to have been complete. */
  readonly newest: boolean;
  /** Whether those that were killed before come back. */
  readonly joins: boolean;
  /** Words of chance for the cut, and for the choice among several holders. */
  readonly words: readonly number[];
}

export class Director {
  readonly node: NodeId;
  readonly storage = new Map<string, object>();
  /** What is on its way to storage. */
  readonly saving = new Map<string, object>();
  readonly lossDelayNs: number;
  readonly plans: RecoveryPlan[] = [];
  /** Changes begun. */
  change = 0;
  lost = false;
  private world: World | null = null;
  private readonly work: RingWork;
  private readonly records: readonly (readonly number[])[];
  private readonly changes: readonly Change[];
  private view: RingView;
  /** The last view in which anybody made an update. */
  private base: RingView;
  private readonly live: Set<NodeId>;
  /** The epoch in which a node lost all it had, last. */
  private readonly diedIn = new Map<NodeId, number>();
  private waiting: Set<NodeId> | null = null;
  private reports: { node: NodeId; layouts: readonly LayoutReport[] }[] = [];
  private done = false;
  private word = 0;

  constructor(
    nodes: number,
    work: RingWork,
    view: RingView,
    records: readonly (readonly number[])[],
    script: { changes: readonly Change[]; lossDelayNs: number },
  ) {
    this.node = nodes;
    this.work = work;
    this.view = view;
    this.base = view;
    this.records = records;
    this.changes = script.changes;
    this.lossDelayNs = script.lossDelayNs;
    this.live = new Set(view.nodes);
  }

  place(world: World): Node {
    this.world = world;
    const finished = () => this.done;
    return {
      phase: 'directing',
      get finished() {
        return finished();
      },
      start: () => this.arm(),
      receive: (message, from) => this.receive(message as Direction, from),
      computed() {},
      woken: () => this.begin(),
      waitsFor: () => `reports of ${[...(this.waiting ?? [])].join(', ')}`,
    };
  }

  /** Whether position 0 is to wait: a change is to begin at a boundary, or has begun at one. */
  holds(iteration: number): boolean {
    const next = this.changes.at(this.waiting === null ? this.change : this.change - 1);
    return next !== undefined && next.atBoundary && iteration > 0;
  }

  private arm(): void {
    const next = this.changes.at(this.change);
    if (next !== undefined && !next.atBoundary) this.world!.wake('change', next.afterNs);
  }

  private receive(message: Direction, from: NodeId): void {
    if (message.kind === 'READY' && message.epoch === this.view.epoch && this.waiting === null)
      this.begin();
    if (message.kind === 'REPORT' && message.change === this.change) {
      this.reports.push({ node: from, layouts: message.layouts });
      this.waiting!.delete(from);
      if (this.waiting!.size === 0) this.decide();
    }
    if (message.kind === 'COMPLETE' && message.epoch === this.view.epoch && this.waiting === null)
      this.end();
  }

  private end(): void {
    this.done = true;
    this.world!.cancel('change');
    for (let node = 0; node < this.node; node++) this.say(node, { kind: 'DONE' });
  }

  private say(node: NodeId, message: Direction): void {
    this.world!.send(node, message as Message, 8);
  }

  /** The next word of the script, from 0 to `bound`, without. */
  private choose(bound: number): number {
    const { words } = this.changes[this.change - 1];
    return (words[this.word++ % words.length] + this.word) % bound;
  }

  private begin(): void {
    const { kills, ruthless, joins } = this.changes[this.change++];
    const may = [...this.live].filter(
      (node) => this.live.size > 1 && (ruthless || this.survives(node)),
    );
    if (joins) for (const node of this.diedIn.keys()) if (!this.live.has(node)) this.live.add(node);
    if (kills >= 0 && may.length > 0) {
      const killed = may[kills % may.length];
      this.live.delete(killed);
      this.diedIn.set(killed, this.view.epoch);
      this.say(killed, { kind: 'DIE' });
    }
    this.waiting = new Set(this.live);
    this.reports = [];
    for (const node of this.live) this.say(node, { kind: 'STOP' });
  }

  /** Whether no r+1 adjacent positions of a layout that may be needed have lost all, with that node gone too. */
  private survives(node: NodeId): boolean {
    return [this.base, this.view].every(({ epoch, nodes }) => {
      const gone = nodes.map((each) => each === node || (this.diedIn.get(each) ?? -1) >= epoch);
      const run = Math.min(this.work.safety.replicas, nodes.length - 1) + 1;
      return nodes.every((_, p) =>
        Array.from({ length: run }, (_, k) => gone[(p + k) % nodes.length]).includes(false),
      );
    });
  }

  private decide(): void {
    this.waiting = null;
    const members = [...this.live].sort((a, b) => a - b);
    const epoch = this.view.epoch + 1 + this.choose(3);
    const view = {
      epoch,
      nodes: members,
      bounds: this.cut(members.length),
    };
    const source = this.sourceOf();
    if (source === null) {
      this.lost = true;
      return this.end();
    }
    const plan = {
      view,
      source,
      views: [],
      records: members.map((node) => this.records[node]),
    };
    this.plans.push(plan);
    if (source.checkpoint) this.base = view;
    else if (this.moved(this.view.epoch)) this.base = this.view;
    this.view = view;
    for (const node of members) this.say(node, { kind: 'GO', plan: structuredClone(plan) });
    this.arm();
  }

  /** Whether a report tells of an update in that epoch. */
  private moved(epoch: number): boolean {
    return this.reports.some(({ layouts }) =>
      layouts.some((each) => each.epoch === epoch && each.own.some(({ low, high }) => low < high)),
    );
  }

  /** Any cut of the line into that many runs. */
  private cut(count: number): number[] {
    const blocks = this.work.line.blocks.length;
    const inner = Array.from({ length: blocks - 1 }, (_, k) => k + 1);
    while (inner.length > count - 1) inner.splice(this.choose(inner.length), 1);
    return [0, ...inner, blocks];
  }

  /**
   * The newest layout in which anybody has made an update: all of it was in place by then. Else the oldest one, which
   * nobody has dropped; or the newest, if the script says so. Null where none can be served whole.
   */
  private sourceOf(): RecoveryPlan['source'] | null {
    const layouts = new Map<number, LayoutReport[]>();
    for (const { node, layouts: held } of this.reports)
      for (const layout of held) {
        const reports = layouts.get(layout.epoch) ?? [];
        reports.push({ ...layout, nodes: [node] });
        layouts.set(layout.epoch, reports);
      }
    const epochs = [...layouts.keys()].sort((a, b) => b - a);
    const { newest } = this.changes[this.change - 1];
    const older = !newest && epochs.length > 1 && !this.moved(epochs[0]);
    const order = older ? epochs.toReversed() : epochs;
    for (const epoch of order) {
      const found = this.serveFrom(epoch, layouts.get(epoch)!);
      if (found !== null) return found;
    }
    return this.fromCheckpoint();
  }

  private serveFrom(epoch: number, reports: LayoutReport[]): RecoveryPlan['source'] | null {
    const { bounds } = reports[0];
    const positions = bounds.length - 1;
    const holders = (position: number, version: number) =>
      reports.flatMap(({ nodes, own, replicas }) =>
        [...own, ...replicas].some(
          (each) => each.position === position && each.low <= version && version <= each.high,
        )
          ? [nodes[0]]
          : [],
      );
    const every = Array.from({ length: positions }, (_, position) => position);
    const most = Math.max(...reports.flatMap(({ own }) => own.map(({ high }) => high)));
    for (let version = most; version >= Math.max(0, most - 3); version--)
      if (every.every((position) => holders(position, version).length > 0))
        return {
          epoch,
          bounds,
          version,
          checkpoint: false,
          savedIn: 0,
          proven: this.moved(epoch),
          holders: every.map((position) => {
            const able = holders(position, version);
            return able[this.choose(able.length)];
          }),
        };
    return null;
  }

  private fromCheckpoint(): RecoveryPlan['source'] | null {
    if (!this.changes[this.change - 1].ruthless) return null;
    const index = this.storage.get('checkpoint/index') as CheckpointIndex | undefined;
    const start = { epoch: 0, bounds: [0, this.work.line.blocks.length], version: 0 };
    const { epoch: savedIn, bounds, version } = index ?? start;
    return { epoch: -1, bounds, version, checkpoint: true, savedIn, proven: true, holders: [] };
  }
}
