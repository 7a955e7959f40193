/**
 * A node's state in one epoch: what it has at its places in the view, and who works next. When the view is over, what the
 * node held stays here for as long as a repair may come back for it (PROTOCOLS C).
 */
import type { Job, World } from '../../../engine/world.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from '../../pipeline/courier.ts';
import { GradientSums } from '../../pipeline/gradient-sums.ts';
import { placeOf } from '../../pipeline/placement.ts';
import type { Schedule } from '../../pipeline/schedule.ts';
import type { StageJob } from '../../pipeline/stage/stage-job.ts';
import type { Stage } from '../../pipeline/stage/stage.ts';
import type { TrainingMessage } from './messages.ts';
import type { Served } from './replicas/replicas.ts';
import type { ReplicaJob } from './replicas/replica-job.ts';
import type { LayoutReport, RingView } from './layout/ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { Seat, type SeatHooks } from './seat.ts';

export interface EpochTerms {
  readonly view: RingView;
  /** Training goes on from the weights of that version. */
  readonly version: number;
  readonly courier: Courier<TrainingMessage>;
  /** Those of the view's places, in the order of the line. */
  records(): Float64Array;
}

export class EpochState {
  readonly view: RingView;
  /** Of its positions, in order. */
  private readonly seats: readonly Seat[];
  /** Null where there is one ring. */
  private readonly sums: GradientSums | null;
  /** Those whose state is there. */
  private stages: readonly Stage[] = [];
  private readonly version: number;
  private readonly schedule: Schedule;
  private retired = false;

  /** Enters in the ledger what its positions take. */
  constructor(world: World, work: RingWork, terms: EpochTerms, hooks: SeatHooks) {
    const { view, version, courier } = terms;
    const { shares, stagesByNode } = work.layout(view, () => terms.records());
    const { training } = work;
    const firstParameter = (position: number) =>
      work.parameterBound(view.bounds[placeOf(view, position).place]);
    const sumSite = { placement: view, version, training, courier, firstParameter };
    const sums = work.copies > 1 ? new GradientSums(world, sumSite) : null;
    this.view = view;
    this.version = version;
    this.schedule = work.newSchedule(world.self);
    this.sums = sums;
    this.seats = stagesByNode
      .get(world.self)!
      .map((position) => new Seat(world, work, { view, position, shares, courier, sums }, hooks));
  }

  /** Of this node. */
  get positions(): readonly number[] {
    return this.seats.map(({ position }) => position);
  }

  /** True once it has its state, and has nothing left to do. */
  get complete(): boolean {
    return this.seats.every(({ complete }) => complete);
  }

  /** The run's first view: all begin with the initial weights. */
  begin(): void {
    for (const seat of this.seats) seat.begin();
    this.seated();
  }

  /** The state of a position is there, and is the epochState's from here on. */
  settle(position: number, state: SegmentState | null): void {
    this.seatOf(position).settle(this.version, state);
    this.seated();
  }

  /** False if there is nothing new to do for it. */
  receive(message: TrainingMessage): boolean {
    if (message.kind === 'SUM') return this.sums!.receive(message);
    this.seatOf(message.to).receive(message);
    return true;
  }

  /** The next job, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): Job | null {
    return (
      this.sums?.next() ??
      this.nextReplica(true) ??
      this.schedule.next(this.stages) ??
      this.nextReplica(false)
    );
  }

  computed(job: Job): void {
    if (this.sums?.ended(job)) return;
    const { holder, position } = job as Partial<ReplicaJob & StageJob>;
    this.seatOf(holder ?? position!).computed(job as ReplicaJob | StageJob);
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    for (const seat of this.seats) seat.stop();
    this.sums?.stop();
  }

  /** Once stopped, it is an earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    for (const seat of this.seats) seat.retire();
  }

  /** Once stopped, it is not needed any more. */
  drop(): void {
    for (const seat of this.seats) seat.drop(this.retired);
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch, nodes, bounds } = this.view;
    return {
      ...{ epoch, nodes, bounds },
      own: this.seats.flatMap(({ serving }) => serving ?? []),
      replicas: this.seats.flatMap(({ replicas }) => replicas?.serving ?? []),
    };
  }

  /** The state of any position of the view that it holds: if it has that version its own, else a replica. */
  serve(position: number, version: number): Served {
    for (const seat of this.seats) {
      const served = seat.serve(position, version);
      if (served !== null) return served;
    }
    throw new Error(`version ${version} of position ${position} is asked for, and is not here`);
  }

  /** The state of its own position after the newest update; borrowed. Null without numerics. */
  stateAt(position: number, version: number): SegmentState | null {
    return this.seatOf(position).stage!.commitment.state.at(version);
  }

  /** Whether the state of its own position is that after so many iterations, and nothing has been added since. */
  isAt(position: number, version: number): boolean {
    return this.seatOf(position).stage!.microBatches.isAt(version);
  }

  waitsFor(): string {
    const summed = this.sums?.missing ?? [];
    const stages = this.stages.filter(
      ({ complete, position }) => !complete && !summed.includes(position),
    );
    const sums = summed.map((position) => `the sum of the gradients of position ${position}`);
    return [...sums, ...stages.map((stage) => stage.waitsFor())].join(', ');
  }

  private seated(): void {
    this.stages = this.seats.flatMap(({ stage }) => stage ?? []);
  }

  private nextReplica(overdue: boolean): ReplicaJob | null {
    for (let k = 0; k < this.seats.length; k++) {
      const job = this.seats[k].replicas?.next(overdue) ?? null;
      if (job !== null) return job;
    }
    return null;
  }

  private seatOf(position: number): Seat {
    const { seats } = this;
    for (let k = 0; k < seats.length; k++) if (seats[k].position === position) return seats[k];
    throw new Error(`position ${position} is not here`);
  }
}
