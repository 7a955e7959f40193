/**
 * A worker that can be lost, or lose its server (PROTOCOLS C and D), the same under BSP and ASP: it asks the head for
 * work, computes the gradients of the shares it is given and pushes them, and keeps each until the head says that it is
 * safe, so that it can be pushed again to another head.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { WorkerMembership, type Vassal } from './worker-membership.ts';
import { RETRY_ALARM } from './retry.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import { type ParameterServerJob, nothing } from './jobs.ts';
import { LOSS_BYTES } from './messages.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type * as Says from './resilient-messages.ts';
import { itemsBytes, SMALL_BYTES } from './resilient-messages.ts';
import type { ResilientWorkerSettings } from './resilient-settings.ts';
import { shareOf } from '../../learning/shares.ts';

export type ResilientWorkerPhase = 'ready' | 'pulling' | 'computing' | 'joining' | 'done';

interface Gradient extends Says.WorkItem {
  readonly gradient: Says.SharePush['gradient'];
  readonly lossSum: number | null;
}

export class ResilientWorker implements Node, Vassal {
  /** Updates in its weights; -1: none. */
  version = -1;
  private readonly workerMembership: WorkerMembership;
  private readonly books: MemoryItems;
  /** Shares to compute, the one in the engine first. */
  private todo: Says.WorkItem[] = [];
  /** Gradients that are not known to be safe, oldest first. */
  private kept: Gradient[] = [];
  /** True while a job runs, whose work is void if `isVoid`. */
  private isBusy = false;
  private isVoid = false;
  /** True once the head has been asked for work and has not answered. */
  private isWaiting = false;
  private isStarted = false;
  private isDone = false;

  constructor(
    private readonly world: World,
    private readonly settings: ResilientWorkerSettings,
  ) {
    this.books = new MemoryItems(world);
    this.workerMembership = new WorkerMembership(world, settings, this);
  }

  get phase(): ResilientWorkerPhase {
    if (this.isDone) return 'done';
    if (!this.isStarted) return 'ready';
    if (this.workerMembership.isJoining) return 'joining';
    return this.isBusy ? 'computing' : 'pulling';
  }

  get finished(): boolean {
    return this.isDone;
  }

  get working(): readonly Says.WorkItem[] {
    return [...this.kept, ...this.todo].map(({ share, clock }) => ({ share, clock }));
  }

  start(): void {
    const { vectorBytes } = this.settings.costs;
    this.isStarted = true;
    this.books.set('weights', vectorBytes);
    this.books.set('gradients', vectorBytes);
    this.workerMembership.start();
    this.advance();
  }

  receive(message: Message, from: NodeId): void {
    const said = message as Says.ResilientMessage;
    if (said.kind === 'done') return this.finish();
    if (this.isDone) return this.world.send(from, { kind: 'done' }, SMALL_BYTES);
    this.workerMembership.heard(from);
    if (said.kind === 'work') this.takeWork(said, from);
    else if (said.kind === 'push-ack') this.takeAck(said, from);
    else if (!this.workerMembership.receive(said, from))
      throw this.violation(`${message.kind} from node ${from}`);
    this.advance();
  }

  computed(job: Job): void {
    if (!this.isBusy) throw this.violation(`the end of job ${job.name}`);
    this.isBusy = false;
    this.books.set('activations', 0);
    const { learner, costs } = this.settings;
    const gradient = learner === null ? null : learner.takeGradient();
    const lossSum = learner === null ? null : learner.lossSum;
    if (this.isVoid) this.isVoid = false;
    else {
      const made: Gradient = { ...this.todo.shift()!, gradient, lossSum };
      this.kept.push(made);
      this.books.add('unacknowledged', costs.vectorBytes);
      this.push(made);
    }
    this.advance();
  }

  woken(alarm: string): void {
    if (alarm !== RETRY_ALARM) throw this.violation(`alarm ${alarm}`);
    if (!this.isDone) this.workerMembership.appealDue();
  }

  suspected(peer: NodeId): void {
    if (!this.isDone) this.workerMembership.suspected(peer);
  }

  waitsFor(): string {
    const { isJoining, isHeadSilent } = this.workerMembership;
    if (isJoining) return 'being let in by a head';
    const { head } = this.workerMembership;
    if (isHeadSilent) return `head ${head}, which is silent, or another in its place`;
    return `work from head ${head}`;
  }

  /** Others do what it has in hand, or nobody. */
  drop(restart: boolean): void {
    const clocks = this.working.map(({ clock }) => clock);
    if (clocks.length > 0) this.world.disown(Math.min(...clocks), this.world.self);
    this.keep([]);
    this.todo = [];
    this.isWaiting = false;
    if (this.isBusy) this.isVoid = true;
    if (restart) this.version = -1;
  }

  renewed(): void {
    for (const made of this.kept) this.push(made);
    if (this.isWaiting) this.pull();
  }

  private takeWork(work: Says.Work, from: NodeId): void {
    const { session, clock, version, shares, fresh, weights } = work;
    if (this.workerMembership.isForeign(session, from)) return;
    if (!this.isWaiting) throw this.violation(`work of clock ${clock} that was not asked for`);
    this.isWaiting = false;
    const { learner, mode } = this.settings;
    if (fresh && learner !== null && weights !== null) learner.load(weights);
    this.version = version;
    this.todo = shares.map((share) => ({ share, clock }));
    // The weights of a later version say that the tail has all that they were made of.
    if (mode === 'bsp') this.keep(this.kept.filter((one) => one.clock >= version));
  }

  private takeAck({ session, share, clock }: Says.PushAck, from: NodeId): void {
    if (this.workerMembership.isForeign(session, from)) return;
    this.keep(this.kept.filter((one) => one.share !== share || one.clock !== clock));
  }

  /** Computes what there is to compute, or asks for more. */
  private advance(): void {
    if (this.isBusy || this.isDone || this.workerMembership.isJoining) return;
    if (this.todo.length > 0) this.compute(this.todo[0]);
    else if (!this.isWaiting) this.pull();
  }

  private compute({ share, clock }: Says.WorkItem): void {
    const { world, settings } = this;
    const { learner, costs, training, workers } = settings;
    const part = shareOf(training.batch, workers, share);
    const samples = part.high - part.low;
    this.books.set('activations', samples * costs.activationBytesPerSample);
    const job: ParameterServerJob = {
      name: share === world.self ? `gradient ${clock}` : `gradient ${clock}/${share}`,
      flops: samples * costs.flopsPerSample,
      run: learner === null ? nothing : () => learner.computeGradient(clock, part),
      step: clock,
      pass: 'gradient',
      iteration: clock,
      version: this.version,
      worker: share,
    };
    this.isBusy = true;
    world.compute(job);
  }

  private finish(): void {
    if (this.isDone) return;
    if (this.isBusy) this.isVoid = true;
    this.isDone = true;
    this.workerMembership.end();
  }

  private keep(kept: Gradient[]): void {
    this.kept = kept;
    this.books.set('unacknowledged', kept.length * this.settings.costs.vectorBytes);
  }

  private pull(): void {
    this.isWaiting = true;
    const { session, head } = this.workerMembership;
    const pull: Says.WorkPull = { kind: 'work-pull', session, version: this.version };
    this.world.send(head, pull, SMALL_BYTES);
  }

  private push({ share, clock, gradient, lossSum }: Gradient): void {
    const { session, head } = this.workerMembership;
    const copy = gradient?.slice() ?? null;
    const push: Says.SharePush = {
      kind: 'share-push',
      session,
      share,
      clock,
      gradient: copy,
      lossSum,
    };
    this.world.send(head, push, itemsBytes(1) + this.settings.costs.vectorBytes + LOSS_BYTES);
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('worker', this.world.self, this.phase, event);
  }
}
