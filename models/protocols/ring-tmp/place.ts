/**
 * A position that a node holds in a view: the trainer of it, the replicas that are kept there of other positions, and
 * the memory that all of it takes. Messages that come before its state wait here.
 */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from './courier.ts';
import type { Share } from './layout.ts';
import { MemoryBook } from './memory-book.ts';
import type { ReplicaAckMessage, TrainingMessage } from './messages.ts';
import { Replicas, type Served } from './replicas.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { Resumption, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { replicaCount } from './safety.ts';
import { Trainer } from './trainer.ts';
import { UnackedStep } from './unacked-step.ts';

/** What is asked and told of the positions of a node; see HoldingsHooks. */
export interface PlaceHooks {
  mayBegin(iteration: number): boolean;
  updated(position: number, version: number): void;
  committed(position: number, version: number): void;
}

/** The view a place is in, and what follows from it. */
export interface PlaceTerms {
  readonly view: RingView;
  /** Of all positions of the view. */
  readonly shares: readonly Share[];
  readonly courier: Courier;
}

export class Place {
  readonly position: number;
  readonly replicas: Replicas;
  /** Null until its state is there. */
  trainer: Trainer | null = null;
  private readonly world: World;
  private readonly work: RingWork;
  private terms: PlaceTerms;
  private readonly hooks: PlaceHooks;
  private readonly memory: MemoryBook;
  private readonly unacked: UnackedStep;
  /** What it is made anew from, until that is there. */
  private making: { readonly served: Served; readonly positions: readonly Resumption[] } | null =
    null;
  /** Messages that came before the trainer. */
  private readonly early: TrainingMessage[] = [];

  /** Enters in the ledger what the position takes. */
  constructor(
    world: World,
    work: RingWork,
    position: number,
    terms: PlaceTerms,
    hooks: PlaceHooks,
  ) {
    const { costs } = terms.shares[position];
    this.world = world;
    this.work = work;
    this.position = position;
    this.terms = terms;
    this.hooks = hooks;
    this.memory = new MemoryBook(world, costs, work.options.recompute, work.safety.previous);
    this.unacked = new UnackedStep(this.memory, costs.weightBytes);
    this.replicas = new Replicas(world, work, { ...terms, position });
  }

  /** The run's first view: the position and every replica begin with the initial weights. */
  begin(): void {
    const { low, high } = this.terms.shares[this.position].costs;
    this.replicas.begin();
    this.train(0, this.work.initialState(low, high));
  }

  /** The state is there, and is the place's from here on: it trains on from it, and its replicas begin with it. */
  settle(version: number, state: SegmentState | null): void {
    const copy = state === null ? null : copyState(state);
    const trainer = this.train(version, state);
    if (this.replicaCount > 0) trainer.gate.shut(version);
    this.replicas.sendState(version, copy);
    this.takeEarly();
  }

  /** Goes on in another view of the same layout, in which the positions stand so. */
  resume(courier: Courier, view: RingView, positions: readonly Resumption[]): void {
    const trainer = this.trainer!;
    this.terms = { ...this.terms, courier, view };
    this.replicas.resume(courier, view);
    trainer.resume(courier, view, positions);
    if (trainer.gate.open) return this.unacked.forget();
    const { iteration, gradient } = this.unacked.again;
    this.replicas.sendGradient(iteration, gradient);
  }

  /** Of the replicas kept here only those stay that others count on, or that positions of this node are made from. */
  keep({ nodes }: RingView, positions: readonly Resumption[]): void {
    for (const { origin } of this.replicas.copies) {
      const { rebuilt, version, copies } = positions[origin];
      if (rebuilt) this.replicas.goBack(origin, version);
      const isSource = rebuilt && nodes[origin] === this.world.self;
      if (!isSource && copies.every(({ holder }) => holder !== this.position))
        this.replicas.forget(origin);
    }
  }

  /** The position is made anew from a replica, and goes on among the others, which stand so. */
  make(served: Served, positions: readonly Resumption[]): void {
    this.making = { served, positions };
    if (served.job === null) this.made();
  }

  /** The job that must be done before it can be made. */
  get makingJob(): ReplicaJob | null {
    return this.making?.served.job ?? null;
  }

  /** The state that it is made from is there. */
  made(): void {
    const { served, positions } = this.making!;
    const { courier, view } = this.terms;
    const state = served.state();
    this.making = null;
    const { version } = positions[this.position];
    const trainer = this.train(version, state === null ? null : copyState(state));
    trainer.resume(courier, view, positions);
    this.takeEarly();
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
        if (message.kind === 'REPL_ACK') this.acknowledged(message);
    }
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    if (this.trainer === null) this.memory.stop();
    else this.trainer.stop();
  }

  /** It is of an earlier view. */
  retire(): void {
    this.memory.retire();
    this.replicas.retire();
  }

  /** The earlier view is the one in use again. */
  recall(): void {
    this.memory.recall();
    this.replicas.recall();
  }

  /** It is not needed any more. */
  drop(retired: boolean): void {
    this.memory.drop();
    this.replicas.drop(retired);
  }

  /** The state of a position of the view after that many steps, if it is held here; its own, or a replica. */
  serve(position: number, version: number): Served | null {
    const { trainer, replicas } = this;
    if (trainer !== null && position === this.position) {
      const { state } = trainer;
      if (state.low <= version && version <= state.high)
        return { job: null, state: () => state.at(version) };
    }
    const isKept = replicas.serving.some(({ position: origin }) => origin === position);
    return isKept ? replicas.serve(position, version) : null;
  }

  private acknowledged({ holder }: ReplicaAckMessage): void {
    if (holder === this.replicas.successor) this.replicas.handOn.open();
    if (this.trainer?.gate.open) this.unacked.forget();
  }

  private takeEarly(): void {
    for (const message of this.early.splice(0)) this.trainer!.receive(message);
  }

  private get replicaCount(): number {
    return replicaCount(this.work.safety, this.terms.view.nodes.length);
  }

  private train(version: number, state: SegmentState | null): Trainer {
    const { world, work, terms, position, memory, hooks } = this;
    const { view, courier, shares } = terms;
    const share = shares[position];
    const stage = work.stage(share.costs.low, share.costs.high, state);
    const replicas = this.replicaCount;
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
      if (this.work.safety.logs) this.unacked.keep(version - 1, gradient);
      this.replicas.sendGradient(version - 1, gradient);
    }
    this.hooks.committed(this.position, version);
  }
}
