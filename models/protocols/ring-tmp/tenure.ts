/**
 * A node's time in one view: the position it trains, the replicas it keeps there of other positions, and the memory that
 * all of it takes. Messages that come before its state wait here. When the view is over, what the node held stays here for
 * as long as a repair may come back for it (PROTOCOLS C).
 */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from './courier.ts';
import type { Share } from './layout.ts';
import { MemoryBook } from './memory-book.ts';
import type { TrainingMessage } from './messages.ts';
import { Replicas, type Served } from './replicas.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { LayoutReport, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { replicaCount } from './safety.ts';
import type { TrainerHooks } from './seat.ts';
import type { StageJob } from './stage-job.ts';
import { Trainer } from './trainer.ts';

export class Tenure {
  readonly view: RingView;
  /** The position of this node. */
  readonly position: number;
  private readonly world: World;
  private readonly work: RingWork;
  private readonly share: Share;
  private readonly courier: Courier;
  private readonly hooks: TrainerHooks;
  private readonly memory: MemoryBook;
  private readonly replicas: Replicas;
  /** Null until the state is there. */
  private trainer: Trainer | null = null;
  /** Messages that came before the trainer. */
  private readonly early: TrainingMessage[] = [];
  /** Whether any position may have a replica. */
  private readonly replicates: boolean;
  private retired = false;

  /** `records` are those of the view's nodes, in ring order. Enters in the ledger what the position takes. */
  constructor(
    world: World,
    work: RingWork,
    terms: { view: RingView; records: Float64Array; courier: Courier },
    hooks: TrainerHooks,
  ) {
    const { view, records, courier } = terms;
    const { options, safety } = work;
    const shares = work.shares(records, view);
    const position = view.nodes.indexOf(world.self);
    this.world = world;
    this.work = work;
    this.view = view;
    this.position = position;
    this.share = shares[position];
    this.courier = courier;
    this.hooks = hooks;
    this.replicates = safety.replicas > 0;
    this.memory = new MemoryBook(world, this.share.costs, options.recompute, safety.heldBack);
    this.replicas = new Replicas(world, work, { view, position, shares, courier });
  }

  /** True once it has its state, and has nothing left to do. */
  get complete(): boolean {
    return this.trainer !== null && this.trainer.complete;
  }

  /** The run's first view: the position and every replica begin with the initial weights. */
  begin(): void {
    const { low, high } = this.share.costs;
    this.replicas.begin();
    this.train(0, this.work.initialState(low, high));
  }

  /** The state is there, and is the tenure's from here on: it trains on from it, and its replicas begin with it. */
  settle(version: number, state: SegmentState | null): void {
    const copy = state === null ? null : copyState(state);
    const trainer = this.train(version, state);
    if (trainer.gate.hasReplicas) trainer.gate.shut(version);
    this.replicas.sendState(version, copy);
    for (const message of this.early.splice(0)) trainer.receive(message);
  }

  receive(message: TrainingMessage): void {
    switch (message.kind) {
      case 'REPL_STATE':
        return this.replicas.receiveState(message);
      case 'REPL_GRAD':
        return this.replicas.receiveGradient(message);
      default:
        if (this.trainer === null) this.early.push(message);
        else this.trainer.receive(message);
        if (message.kind === 'REPL_ACK') this.replicas.acknowledgedBy(message.holder);
    }
  }

  /** The next job, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): StageJob | ReplicaJob | null {
    const { trainer, replicas, replicates } = this;
    let job: StageJob | ReplicaJob | null = replicates ? replicas.next(true) : null;
    if (job === null && trainer !== null) job = trainer.next();
    return job === null && replicates ? replicas.next(false) : job;
  }

  computed(job: StageJob | ReplicaJob): void {
    if (job.pass === 'replica') this.replicas.computed(job);
    else this.trainer!.computed(job);
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    if (this.trainer === null) this.memory.stop();
    else this.trainer.stop();
  }

  /** Once stopped, it is an earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.memory.retire();
    this.replicas.retire();
  }

  /** Once stopped, it is not needed any more. */
  drop(): void {
    this.memory.drop();
    this.replicas.drop(this.retired);
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch, nodes, bounds } = this.view;
    const own = this.trainer === null ? [] : [this.trainer.state.serving];
    return { epoch, nodes, bounds, own, replicas: this.replicas.serving };
  }

  /** The state of any position of the view that it holds: its own if it has that version of it, else a replica. */
  serve(position: number, version: number): Served {
    const { trainer, replicas } = this;
    if (trainer !== null && position === this.position) {
      const { state } = trainer;
      if (state.low <= version && version <= state.high)
        return { job: null, state: () => state.at(version) };
    }
    return replicas.serve(position, version);
  }

  /** The own state after the newest update; borrowed. Null without numerics. */
  stateAt(version: number): SegmentState | null {
    return this.trainer!.state.at(version);
  }

  waitsFor(): string {
    return this.trainer === null || this.complete ? '' : this.trainer.waitsFor();
  }

  private train(version: number, state: SegmentState | null): Trainer {
    const { world, work, view, position, share, courier, memory, hooks } = this;
    const stage = work.stage(share.costs.low, share.costs.high, state);
    const replicas = replicaCount(work.safety, view.nodes.length);
    const seat = { world, work, view, position, share, courier, memory, stage, version, replicas };
    this.trainer = new Trainer(seat, {
      mayBegin: (iteration) => hooks.mayBegin(iteration),
      updated: (of, to) => hooks.updated(of, to),
      committed: (_, to, gradient) => this.committed(to, gradient),
    });
    return this.trainer;
  }

  /** An update is final: the replicas get the step, and the gate is shut until they have it. */
  private committed(version: number, gradient: FloatArray | null): void {
    const { iterations } = this.work.assignment.training;
    const { gate } = this.trainer!;
    if (gate.hasReplicas && version < iterations) {
      gate.shut(version);
      this.replicas.sendGradient(version - 1, gradient);
    }
    this.hooks.committed(this.position, version, gradient);
  }
}
