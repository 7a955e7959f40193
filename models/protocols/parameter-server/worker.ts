/**
 * A worker of the parameter server, the same under every consistency model: pull from all shards, compute the gradients
 * that the first shard asks for, push each to all shards, and at once pull again. It knows neither the other workers nor
 * when a server applies a push.
 */
import type { Job, Node, NodeId, World } from '../../../engine/world.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import { shareOf } from '../../learning/shares.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import { type ParameterServerJob, nothing } from './jobs.ts';
import type { ServerLayout } from './layout.ts';
import {
  LOSS_BYTES,
  PULL_BYTES,
  type PullReply,
  type ServerMessage,
  type WorkItem,
} from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { shardCosts } from './shard-costs.ts';

export type WorkerPhase = 'ready' | 'pulling' | 'computing' | 'done';

export interface WorkerSettings {
  readonly layout: ServerLayout;
  readonly training: TrainingSpec;
  readonly costs: WholeModelCosts;
  /** Null under `numerics: 'cost'`. */
  readonly learner: GradientLearner | null;
}

export class Worker implements Node<ServerMessage> {
  phase: WorkerPhase = 'ready';
  /** Gradients computed. */
  private clock = 0;
  private version = 0;
  private todo: readonly WorkItem[] = [];
  private more = true;
  /** Shards that have answered. */
  private readonly answered = new Set<number>();
  private activationBytes = 0;
  /** Shards in the order of this worker's messages: it begins with its own, so that they do not all meet at one. */
  private readonly shards: readonly number[];

  constructor(
    private readonly world: World<ServerMessage>,
    private readonly settings: WorkerSettings,
  ) {
    const { shards } = settings.layout;
    this.shards = Array.from({ length: shards }, (_, k) => (world.self + k) % shards);
  }

  get finished(): boolean {
    return this.phase === 'done';
  }

  start(): void {
    const { vectorBytes } = this.settings.costs;
    this.world.hold('weights', vectorBytes);
    this.world.hold('gradients', vectorBytes);
    this.pull();
  }

  receive(message: ServerMessage, from: NodeId): void {
    // Dismissed by the first shard, a worker still hears of the others that it has asked.
    if (this.phase === 'done') return;
    if (message.kind !== 'pull-reply' || this.serverOf(message.shard) !== from)
      throw this.violation(`${message.kind} from node ${from}`);
    if (this.phase !== 'pulling' || this.answered.has(message.shard))
      throw this.violation(`${message.kind} of shard ${message.shard}`);
    this.take(message);
  }

  computed(job: Job): void {
    if (this.phase !== 'computing') throw this.violation(`the end of job ${job.name}`);
    this.world.release('activations', this.activationBytes);
    this.clock++;
    this.push(this.todo[0]);
    this.todo = this.todo.slice(1);
    if (this.todo.length > 0) this.compute(this.todo[0]);
    else if (this.more) this.pull();
    else this.phase = 'done';
  }

  woken(alarm: string): void {
    throw this.violation(`alarm ${alarm}`);
  }

  waitsFor(): string {
    const missing = this.shards.filter((shard) => !this.answered.has(shard));
    const servers = missing.map((shard) => this.serverOf(shard)).join(', ');
    return `the weights of clock ${this.clock} from ${missing.length === 1 ? 'server' : 'servers'} ${servers}`;
  }

  private pull(): void {
    this.phase = 'pulling';
    this.answered.clear();
    for (const shard of this.shards)
      this.world.send(this.serverOf(shard), { kind: 'pull', clock: this.clock }, PULL_BYTES);
  }

  private take({ shard, version, weights, work, more }: PullReply): void {
    const { learner, layout, costs } = this.settings;
    if (learner !== null && weights !== null)
      learner.load(weights, layout.rangeOf(shard, costs.parameters).low);
    this.answered.add(shard);
    if (shard === 0) {
      this.version = version;
      this.todo = work;
      this.more = more;
      if (work.length === 0) {
        this.phase = 'done';
        return;
      }
    }
    if (this.answered.size === layout.shards) this.compute(this.todo[0]);
  }

  private compute({ iteration, share }: WorkItem): void {
    this.phase = 'computing';
    const { learner, costs, training, layout } = this.settings;
    const samples = shareOf(training.batch, layout.workers, share);
    const count = samples.high - samples.low;
    this.activationBytes = count * costs.activationBytesPerSample;
    this.world.hold('activations', this.activationBytes);
    const job: ParameterServerJob = {
      name: `gradient ${iteration}/${share}`,
      flops: count * costs.flopsPerSample,
      run: learner === null ? nothing : () => learner.computeGradient(iteration, samples),
      pass: 'gradient',
      iteration,
      version: this.version,
      worker: share,
    };
    this.world.compute(job);
  }

  /** Sends each shard its part of the gradient. */
  private push({ iteration, share }: WorkItem): void {
    const { learner, layout, costs, training } = this.settings;
    const whole = learner?.takeGradient() ?? null;
    for (const shard of this.shards) {
      const range = layout.rangeOf(shard, costs.parameters);
      const gradient = layout.shards === 1 ? whole : (whole?.slice(range.low, range.high) ?? null);
      const lossSum = shard === 0 ? (learner?.lossSum ?? null) : null;
      const bytes = shardCosts(range, training).vectorBytes + (shard === 0 ? LOSS_BYTES : 0);
      const push = { kind: 'push', iteration, share, gradient, lossSum } as const;
      this.world.send(this.serverOf(shard), push, bytes);
    }
  }

  private serverOf(shard: number): NodeId {
    return this.settings.layout.workers + shard;
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('worker', this.world.self, this.phase, event);
  }
}
