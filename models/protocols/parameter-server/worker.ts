/**
 * A worker of the parameter server, the same under every consistency model: pull from all shards, compute the gradients
 * that the first shard asks for, push each to all shards, and at once pull again. It knows neither the other workers nor
 * when a server applies a push. Where nodes may fail it keeps each gradient until all shards have it for good, and pushes
 * it again in a new view.
 */
import type { Job, NodeId, World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import type { View } from '../../membership/view.ts';
import { type Gradient, WorkInHand } from './recovery/work-in-hand.ts';
import { Member, type OpenViews } from './member.ts';
import { PULL_BYTES, WORK_ITEM_BYTES, type PullReply, type ServerMessage } from './messages.ts';
import type { WorkItem } from './work-item.ts';
import type { Inventory } from './plan.ts';
import { WorkerEngine, type WorkerEngineSettings } from './worker-engine.ts';
import { type PushSettings, sendGradient, sendReady } from './pushes.ts';
import { ProtocolViolation } from './protocol-violation.ts';

export type WorkerPhase = 'ready' | 'changing view' | 'pulling' | 'computing' | 'done';

export interface WorkerSettings extends WorkerEngineSettings, PushSettings {
  readonly allShards: readonly number[];
  /** Clocks that a worker may be ahead of the slowest, where it keeps what it has read. */
  readonly slack: number;
}

const NONE: readonly never[] = [];
const NO_WORK = { iteration: -1, share: -1, further: NONE };

export class Worker extends Member {
  /** That of the next pull, or of the one under way. */
  protected clock = 0;
  /** Updates in its weights, as the first shard counts them; -1 while they are not whole. */
  protected version = -1;
  /** As the first shard has answered the pull under way. */
  private pulled = -1;
  private more = true;
  private isDone = false;
  /** Shards that have not answered the pull under way. */
  protected awaited: readonly number[] = NONE;
  /** By shard: bytes of the gradient in work that it has got in this view. */
  private sent: number[] | null = null;
  protected readonly inHand: WorkInHand;
  protected readonly engine: WorkerEngine;

  constructor(
    world: World<ServerMessage>,
    protected readonly settings: WorkerSettings,
    /** Null under `numerics: 'cost'`. */
    learner: GradientLearner | null,
    open: OpenViews | null = null,
  ) {
    super(world, settings, open);
    const { layout } = settings;
    this.engine = new WorkerEngine(world, settings, learner);
    this.inHand = new WorkInHand(world, layout.shards, this.pushedBytes);
  }

  get phase(): WorkerPhase {
    if (this.finished || (this.isDone && !this.isFrozen)) return 'done';
    if (this.engine.isBusy) return 'computing';
    if (this.membership.phase === 'new') return 'ready';
    return this.isFrozen ? 'changing view' : 'pulling';
  }

  override start(): void {
    const { weightBytes, gradientBytes } = this.settings.costs;
    this.world.hold('weights', weightBytes);
    this.world.hold(this.settings.terms === null ? 'gradients' : 'terms', this.pushedBytes);
    if (this.settings.passes?.steps) this.world.hold('accrued gradients', gradientBytes);
    super.start();
  }

  computed(job: Job): void {
    if (!this.engine.isBusy) this.refuse(`the end of job ${job.name}`);
    const ready = this.engine.passEnded();
    if (ready !== undefined) {
      if (ready !== null && !this.isFrozen) {
        const { settings } = this;
        this.sent ??= settings.pushBytes.map(() => 0);
        sendReady(this, settings, ready, this.sent);
      }
      return this.engine.computePass(this.view.epoch, this.version);
    }
    const gradient = this.engine.ended();
    if (gradient !== null && !this.finished) this.made(gradient);
    if (!this.isFrozen) this.goOn();
  }

  waitsFor(): string {
    if (this.isFrozen) return this.membership.waitsFor();
    if (this.isDone) return 'the end of the run';
    const { awaited: missing } = this;
    const { layout } = this.settings;
    const servers = missing.map((shard) => layout.nodeOf(this.serverOf(shard))).join(', ');
    return `the weights of clock ${this.clock} from ${missing.length === 1 ? 'server' : 'servers'} ${servers}`;
  }

  inventory(): Inventory {
    return { epoch: -1, updates: this.version };
  }

  /** Others do what it has in hand. */
  drop(): void {
    this.freeze();
    this.keepOnly(() => false);
  }

  override ended(): void {
    super.ended();
    this.isFrozen = true;
    this.keepOnly(() => false);
  }

  /** What it pushes of the largest share. */
  private get pushedBytes(): number {
    const { terms, costs, layout, training } = this.settings;
    return terms?.shareBytes(Math.ceil(training.batch / layout.needed)) ?? costs.gradientBytes;
  }

  protected begin(_before: View): void {
    const { plan, world, view, inHand, engine } = this;
    this.keepOnly(
      ({ iteration }) =>
        plan.from !== 'checkpoint' && (plan.clock === null || iteration === plan.clock),
    );
    this.sent = null;
    engine.give(NO_WORK);
    this.more = true;
    this.isDone = false;
    this.clock = plan.clock ?? this.clock;
    if (this.isWatched) {
      const items = inHand.items(engine.wanted);
      const enter = { kind: 'enter', epoch: view.epoch, inHand: items } as const;
      world.send(this.serverOf(0), enter, WORK_ITEM_BYTES * items.length);
    }
    for (const gradient of inHand.gradients) this.push(gradient);
    this.awaited = NONE;
    if (!engine.isBusy) this.pull();
  }

  protected take(message: ServerMessage, from: NodeId): void {
    if (message.kind === 'established') return this.membership.committed();
    // Dismissed by the first shard, a worker still hears of the others that it has asked.
    if (this.isDone) return;
    if (message.kind !== 'pull-reply' || this.serverOf(message.shard) !== from)
      this.refuse(`${message.kind} from node ${from}`);
    if (!this.awaited.includes(message.shard))
      this.refuse(`${message.kind} of shard ${message.shard}`);
    this.takeReply(message);
  }

  protected loadedPart(): void {}

  protected refuse(event: string): never {
    throw new ProtocolViolation('worker', this.world.self, this.phase, event);
  }

  protected pull(): void {
    this.ask(this.settings.allShards, this.version);
  }

  protected takeReply(reply: PullReply): void {
    const { shard, version } = reply;
    if (version !== this.version) this.version = -1;
    this.takeWeights(reply);
    if (shard === 0) {
      this.takeWork(reply);
      if (!this.engine.hasWork && !this.more) return this.rest();
    }
    if (this.awaited.length > 0) return;
    this.version = this.pulled;
    this.clock++;
    this.goOn();
  }

  /** A shard's part of the weights is here. */
  protected takeWeights({ shard, weights, safe }: PullReply): void {
    if (this.isWatched) this.inHand.release(shard, safe);
    this.takePart(shard, weights);
  }

  protected takePart(shard: number, weights: FloatArray | null): void {
    if (weights !== null) this.engine.load(weights, shard);
    if (shard === 0) this.engine.loaded();
    this.awaited = this.awaited.length === 1 ? NONE : this.awaited.filter((one) => one !== shard);
  }

  /** The first shard has given it work. */
  protected takeWork(reply: PullReply): void {
    this.pulled = reply.version;
    this.engine.give(reply);
    this.more = reply.more;
  }

  /** Asks some shards for their part of the weights; it has those of `has` updates. */
  protected ask(shards: readonly number[], has = -1): void {
    const { clock, view, settings, world } = this;
    const pull = { kind: 'pull', epoch: view.epoch, clock, has } as const;
    this.awaited = shards;
    for (let k = 0; k < settings.layout.shards; k++) {
      const shard = settings.layout.inTurn(world.self, k);
      if (shards.includes(shard)) world.send(this.serverOf(shard), pull, PULL_BYTES);
    }
  }

  /** Computes what there is to compute, or asks for more. */
  protected goOn(): void {
    if (this.engine.isBusy) return;
    if (this.engine.hasWork) this.engine.computeNext(this.view.epoch, this.version);
    else if (this.more) this.pull();
    else this.rest();
  }

  protected rest(): void {
    this.isDone = true;
    this.awaited = NONE;
    this.membership.workDone();
  }

  /** Nobody takes what is not wanted. */
  private keepOnly(isWanted: (item: WorkItem) => boolean): void {
    this.inHand.begin(isWanted);
    this.engine.keepOnly(isWanted);
  }

  protected made(gradient: Gradient): void {
    if (this.isWatched) this.inHand.keep(gradient);
    if (!this.isFrozen) this.push(gradient);
  }

  private push(gradient: Gradient): void {
    const { settings, sent } = this;
    this.sent = null;
    sendGradient(this, settings, gradient, sent);
  }

  protected serverOf(shard: number): NodeId {
    return this.plan.shards[shard].chain[0];
  }
}
