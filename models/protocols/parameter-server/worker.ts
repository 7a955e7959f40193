/**
 * A worker of the parameter server, the same under every consistency model: pull from all shards, compute the gradients
 * that the first shard asks for, push each to all shards, and at once pull again. It knows neither the other workers nor
 * when a server applies a push. Where nodes may fail it keeps each gradient until all shards have it for good, and pushes
 * it again in a new view.
 */
import type { Job, NodeId, World } from '../../../engine/world.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import { shareOf } from '../../learning/shares.ts';
import { type ParameterServerJob, nothing } from './jobs.ts';
import { type Gradient, KeptGradients } from './kept-gradients.ts';
import { Member, type MemberSettings } from './member.ts';
import {
  LOSS_BYTES,
  PULL_BYTES,
  WORK_ITEM_BYTES,
  type PullReply,
  type ServerMessage,
  type WorkItem,
} from './messages.ts';
import type { Inventory } from './plan.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { shardCosts } from './shard-costs.ts';

export type WorkerPhase = 'ready' | 'changing view' | 'pulling' | 'computing' | 'done';

export interface WorkerSettings extends MemberSettings {
  readonly costs: WholeModelCosts;
  /** Null under `numerics: 'cost'`. */
  readonly learner: GradientLearner | null;
}

export class Worker extends Member {
  /** That of the next pull, or of the one under way. */
  private clock = 0;
  /** Updates in its weights, as the first shard counts them; -1 while they are not whole. */
  private version = -1;
  /** As the first shard has answered the pull under way. */
  private pulled = -1;
  private todo: readonly WorkItem[] = [];
  private more = true;
  /** What the engine is at; void where nobody takes it any more. */
  private running: { readonly item: WorkItem; isVoid: boolean } | null = null;
  private isPulling = false;
  private isDone = false;
  /** Shards that have answered. */
  private readonly answered = new Set<number>();
  private readonly kept: KeptGradients;
  /** Shards in the order of this worker's messages: it begins with its own, so that they do not all meet at one. */
  private readonly shards: readonly number[];
  private readonly books: MemoryItems;

  constructor(
    world: World<ServerMessage>,
    private readonly settings: WorkerSettings,
  ) {
    super(world, settings);
    const { shards } = settings.layout;
    this.shards = Array.from({ length: shards }, (_, k) => (world.self + k) % shards);
    this.kept = new KeptGradients(shards);
    this.books = new MemoryItems(world);
  }

  get phase(): WorkerPhase {
    if (this.finished || (this.isDone && !this.isFrozen)) return 'done';
    if (this.running !== null) return 'computing';
    if (this.membership.phase === 'new') return 'ready';
    return this.isFrozen ? 'changing view' : 'pulling';
  }

  override start(): void {
    const { vectorBytes } = this.settings.costs;
    this.books.set('weights', vectorBytes);
    this.books.set('gradients', vectorBytes);
    super.start();
  }

  computed(job: Job): void {
    const { running } = this;
    if (running === null) this.refuse(`the end of job ${job.name}`);
    this.running = null;
    this.books.set('activations', 0);
    const { learner } = this.settings;
    const gradient = learner?.takeGradient() ?? null;
    if (this.finished) return;
    if (!running.isVoid)
      this.made({ ...running.item, gradient, lossSum: learner?.lossSum ?? null });
    if (!this.isFrozen) this.goOn();
  }

  waitsFor(): string {
    if (this.isFrozen) return this.membership.waitsFor();
    if (this.isDone) return 'the end of the run';
    const missing = this.shards.filter((shard) => !this.answered.has(shard));
    const servers = missing.map((shard) => this.serverOf(shard)).join(', ');
    return `the weights of clock ${this.clock} from ${missing.length === 1 ? 'server' : 'servers'} ${servers}`;
  }

  inventory(): Inventory {
    return { epoch: -1, updates: this.version };
  }

  /** Others do what it has in hand. */
  drop(): void {
    this.freeze();
    this.forgoAll();
  }

  ended(): void {
    this.isFrozen = true;
    this.forgoAll();
  }

  protected begin(): void {
    const { plan, running, world, view } = this;
    const isWanted = ({ iteration }: WorkItem): boolean =>
      plan.from !== 'checkpoint' && (plan.clock === null || iteration === plan.clock);
    if (running !== null && !isWanted(running.item)) this.forgo();
    this.kept.begin(isWanted);
    this.keepBooks();
    this.todo = [];
    this.more = true;
    this.isDone = false;
    this.clock = plan.clock ?? this.clock;
    if (this.isWatched) {
      const working = this.running === null || this.running.isVoid ? [] : [this.running.item];
      const inHand = [...this.kept.all, ...working].map(({ iteration, share }) => ({
        iteration,
        share,
      }));
      const bytes = WORK_ITEM_BYTES * inHand.length;
      world.send(this.serverOf(0), { kind: 'enter', epoch: view.epoch, inHand }, bytes);
    }
    for (const gradient of this.kept.all) this.push(gradient);
    this.isPulling = false;
    if (this.running === null) this.pull();
  }

  protected take(message: ServerMessage, from: NodeId): void {
    if (message.kind === 'established') return this.membership.committed();
    // Dismissed by the first shard, a worker still hears of the others that it has asked.
    if (this.isDone) return;
    if (message.kind !== 'pull-reply' || this.serverOf(message.shard) !== from)
      this.refuse(`${message.kind} from node ${from}`);
    if (!this.isPulling || this.answered.has(message.shard))
      this.refuse(`${message.kind} of shard ${message.shard}`);
    this.takeReply(message);
  }

  protected loadedPart(): void {}

  protected refuse(event: string): never {
    throw new ProtocolViolation('worker', this.world.self, this.phase, event);
  }

  private pull(): void {
    const { clock, version: has, view } = this;
    this.isPulling = true;
    this.answered.clear();
    const pull = { kind: 'pull', epoch: view.epoch, clock, has } as const;
    for (const shard of this.shards) this.world.send(this.serverOf(shard), pull, PULL_BYTES);
  }

  private takeReply({ shard, version, weights, work, more, safe }: PullReply): void {
    const { learner, layout, costs } = this.settings;
    if (version !== this.version) this.version = -1;
    if (learner !== null && weights !== null)
      learner.load(weights, layout.rangeOf(shard, costs.parameters).low);
    this.answered.add(shard);
    this.kept.release(shard, safe);
    this.keepBooks();
    if (shard === 0) {
      this.pulled = version;
      this.todo = work;
      this.more = more;
      if (work.length === 0 && !more) return this.rest();
    }
    if (this.answered.size < layout.shards) return;
    this.isPulling = false;
    this.version = this.pulled;
    this.clock++;
    this.goOn();
  }

  /** Computes what there is to compute, or asks for more. */
  private goOn(): void {
    if (this.running !== null) return;
    if (this.todo.length > 0) this.compute(this.todo[0]);
    else if (this.more) this.pull();
    else this.rest();
  }

  private rest(): void {
    this.isDone = true;
    this.isPulling = false;
    this.membership.workDone();
  }

  private compute(item: WorkItem): void {
    const { iteration, share } = item;
    const { learner, costs, training, layout } = this.settings;
    const samples = shareOf(training.batch, layout.workers, share);
    const count = samples.high - samples.low;
    this.books.set('activations', count * costs.activationBytesPerSample);
    this.running = { item, isVoid: false };
    this.todo = this.todo.slice(1);
    const job: ParameterServerJob = {
      name: `gradient ${iteration}/${share}`,
      flops: count * costs.flopsPerSample,
      run: learner === null ? nothing : () => learner.computeGradient(iteration, samples),
      lineage: iteration,
      epoch: this.view.epoch,
      pass: 'gradient',
      iteration,
      version: this.version,
      worker: share,
    };
    this.world.compute(job);
  }

  private made(gradient: Gradient): void {
    if (this.isWatched) this.kept.add(gradient);
    this.keepBooks();
    if (!this.isFrozen) this.push(gradient);
  }

  /** Sends each shard its part of the gradient. */
  private push({ iteration, share, gradient: whole, lossSum: loss }: Gradient): void {
    const { layout, costs, training } = this.settings;
    const { epoch } = this.view;
    for (const shard of this.shards) {
      const range = layout.rangeOf(shard, costs.parameters);
      const isGiven = layout.shards === 1 && !this.isWatched;
      const gradient = isGiven ? whole : (whole?.slice(range.low, range.high) ?? null);
      const lossSum = shard === 0 ? loss : null;
      const bytes = shardCosts(range, training).vectorBytes + (shard === 0 ? LOSS_BYTES : 0);
      const push = { kind: 'push', epoch, iteration, share, gradient, lossSum } as const;
      this.world.send(this.serverOf(shard), push, bytes);
    }
  }

  private keepBooks(): void {
    const bytes = this.kept.all.length * this.settings.costs.vectorBytes;
    this.books.set('unacknowledged', bytes);
  }

  /** Nobody takes anything of what it has in hand. */
  private forgoAll(): void {
    this.kept.begin(() => false);
    this.keepBooks();
    this.forgo();
  }

  /** Nobody takes what the engine is at. */
  private forgo(): void {
    const { running, world } = this;
    if (running === null || running.isVoid) return;
    running.isVoid = true;
    world.disown(running.item.iteration, world.self);
  }

  private serverOf(shard: number): NodeId {
    return this.plan.shards[shard].chain[0];
  }
}
