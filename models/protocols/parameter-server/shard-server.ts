/**
 * The server of one shard: it runs the jobs of its engine, makes updates in order, answers workers, and tells of what
 * has been done. When it answers and when it applies is the consistency model's business.
 */
import type { Job, Node, NodeId, World } from '../../../engine/world.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import { NOTES, publishes } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { ConsistencyKind, ConsistencyModel, ShardContext } from './consistency.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { ParameterRange } from '../../spec/model.ts';
import { type PullReply, type ServerMessage, WORK_ITEM_BYTES, type WorkItem } from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { type ShardCosts, shardCosts } from './shard-costs.ts';
import { ShardState, type Update } from './shard-state.ts';
import type { ShardWeights } from './shard-weights.ts';

export interface ShardServerSettings {
  readonly shard: number;
  readonly range: ParameterRange;
  /** Workers are nodes 0 .. workers - 1. */
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly consistency: ConsistencyKind;
  /** Null under `numerics: 'cost'`. */
  readonly weights: ShardWeights | null;
}

export type ShardServerPhase = 'serving' | 'adding' | 'updating' | 'done';

export class ShardServer implements Node<ServerMessage>, ShardContext {
  readonly shard: number;
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly state: ShardState;
  received = 0;
  private readonly range: ParameterRange;
  private readonly consistency: ConsistencyKind;
  private model: ConsistencyModel | null = null;
  /** Updates that are not made yet, oldest first. */
  private readonly updates: Update[] = [];
  private running: ParameterServerJob | null = null;

  constructor(
    readonly world: World<ServerMessage>,
    { shard, range, workers, training, consistency, weights }: ShardServerSettings,
  ) {
    this.shard = shard;
    this.range = range;
    this.workers = workers;
    this.training = training;
    this.consistency = consistency;
    this.costs = shardCosts(range, training);
    this.books = new MemoryItems(world);
    this.state = new ShardState(training, consistency.sums ? 1 : workers, weights);
  }

  get phase(): ShardServerPhase {
    if (this.finished) return 'done';
    if (this.running === null) return 'serving';
    return this.running.pass === 'add' ? 'adding' : 'updating';
  }

  get finished(): boolean {
    return this.state.steps === this.state.total;
  }

  start(): void {
    this.books.set('weights', this.costs.vectorBytes);
    this.books.set('optimizer', this.costs.optimizerBytes);
    this.model = this.consistency.create(this);
  }

  receive(message: ServerMessage, from: NodeId): void {
    const isWorker = from < this.workers;
    if (isWorker && message.kind === 'pull') this.model!.pulled(from, message);
    else if (isWorker && message.kind === 'push') this.model!.pushed(from, message);
    else this.refuse(`${message.kind} from node ${from}`);
    this.advance();
  }

  computed(job: Job): void {
    const { running } = this;
    if (running === null) this.refuse(`the end of job ${job.name}`);
    this.running = null;
    if (running.pass === 'update') this.endUpdate();
    else this.model!.jobDone();
    this.advance();
  }

  woken(alarm: string): void {
    this.refuse(`alarm ${alarm}`);
  }

  waitsFor(): string {
    return this.model!.waitsFor();
  }

  append(update: Omit<Update, 'number'>): void {
    this.updates.push({ ...update, number: this.received++ });
  }

  answer(worker: NodeId, work: readonly WorkItem[], more: boolean): void {
    const { shard, state, costs } = this;
    const weights = state.weights?.copy() ?? null;
    const reply: PullReply = {
      kind: 'pull-reply',
      shard,
      version: state.steps,
      weights,
      work,
      more,
    };
    const items = Math.max(0, work.length - 1);
    this.world.send(worker, reply, costs.vectorBytes + WORK_ITEM_BYTES * items);
  }

  dismiss(worker: NodeId): void {
    const { shard, state } = this;
    const over = { version: state.steps, weights: null, work: [], more: false };
    this.world.send(worker, { kind: 'pull-reply', shard, ...over }, 0);
  }

  refuse(event: string): never {
    throw new ProtocolViolation('server', this.world.self, this.phase, event);
  }

  /** Gives the engine something to do, if it is free and there is something. */
  private advance(): void {
    if (this.running !== null) return;
    if (this.updates.length === 0) this.running = this.model!.nextJob();
    if (this.updates.length > 0) this.running = this.jobOf(this.updates[0]);
    if (this.running !== null) this.world.compute(this.running);
  }

  private jobOf(update: Update): ParameterServerJob {
    const { iteration, share, number } = update;
    const { addFlops, updateFlops } = this.costs;
    return {
      name: share === null ? `update ${iteration}` : `update ${iteration}/${share}`,
      // A gradient that nobody has added to a sum is added to the weights.
      flops: share === null ? updateFlops : addFlops + updateFlops,
      run: this.state.work(update),
      pass: 'update',
      iteration,
      version: number,
      worker: share,
    };
  }

  private endUpdate(): void {
    const update = this.updates.shift()!;
    const note = this.state.count(update);
    if (note !== null) this.tell(note);
    this.model!.applied(update);
  }

  /** Of an iteration the first shard tells, of weights each. */
  private tell(note: {
    readonly iteration: number;
    readonly samples: number;
    readonly loss: number | null;
  }): void {
    const { world, shard, state, range, training } = this;
    const version = note.iteration + 1;
    if (shard === 0) world.note(NOTES.iteration, note);
    if (state.weights === null || !publishes(training, version)) return;
    world.note(NOTES.weights, { version, offset: range.low, values: state.weights.parameters });
  }
}
