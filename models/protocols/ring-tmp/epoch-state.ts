/**
 * A node's state in one epoch: what it has at its place in the view, and who works next. When the view is over, what the
 * node held stays here for as long as a repair may come back for it (PROTOCOLS C).
 */
import type { World } from '../../../engine/world.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from '../../pipeline/courier.ts';
import { greedy } from '../../pipeline/greedy.ts';
import type { StageJob } from '../../pipeline/stage/stage-job.ts';
import type { Stage } from '../../pipeline/stage/stage.ts';
import type { TrainingMessage } from './messages.ts';
import type { Served } from './replicas.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { LayoutReport, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { Seat, type SeatHooks } from './seat.ts';

export class EpochState {
  readonly view: RingView;
  /** The position of this node. */
  readonly position: number;
  private readonly seat: Seat;
  private stages: readonly Stage[] = [];
  private retired = false;

  /** `records` are those of the view's nodes, in ring order. Enters in the ledger what the position takes. */
  constructor(
    world: World,
    work: RingWork,
    terms: { view: RingView; records: () => Float64Array; courier: Courier<TrainingMessage> },
    hooks: SeatHooks,
  ) {
    const { view, records, courier } = terms;
    const { shares, stagesByNode } = work.layout(view, records);
    const [position] = stagesByNode.get(world.self)!;
    this.view = view;
    this.position = position;
    this.seat = new Seat(world, work, { view, position, shares, courier }, hooks);
  }

  /** True once it has its state, and has nothing left to do. */
  get complete(): boolean {
    return this.seat.complete;
  }

  /** The run's first view: all begin with the initial weights. */
  begin(): void {
    this.seat.begin();
    this.stages = [this.seat.stage!];
  }

  /** The state is there, and is the epochState's from here on. */
  settle(version: number, state: SegmentState | null): void {
    this.seat.settle(version, state);
    this.stages = [this.seat.stage!];
  }

  receive(message: TrainingMessage): void {
    this.seat.receive(message);
  }

  /** The next job, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): StageJob | ReplicaJob | null {
    const { replicas } = this.seat;
    if (replicas === null) return greedy.next(this.stages);
    return replicas.next(true) ?? greedy.next(this.stages) ?? replicas.next(false);
  }

  computed(job: StageJob | ReplicaJob): void {
    this.seat.computed(job);
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    this.seat.stop();
  }

  /** Once stopped, it is an earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.seat.retire();
  }

  /** Once stopped, it is not needed any more. */
  drop(): void {
    this.seat.drop(this.retired);
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch, nodes, bounds } = this.view;
    const { serving, replicas } = this.seat;
    const own = serving === null ? [] : [serving];
    return { epoch, nodes, bounds, own, replicas: replicas?.serving ?? [] };
  }

  /** The state of any position of the view that it holds: its own if it has that version of it, else a replica. */
  serve(position: number, version: number): Served {
    const served = this.seat.serve(position, version);
    if (served !== null) return served;
    throw new Error(`version ${version} of position ${position} is asked for, and is not here`);
  }

  /** The own state after the newest update; borrowed. Null without numerics. */
  stateAt(version: number): SegmentState | null {
    return this.seat.stage!.commitment.state.at(version);
  }

  /** Whether the own state is that after so many iterations, and nothing has been added since. */
  isAt(version: number): boolean {
    return this.seat.stage!.microBatches.isAt(version);
  }

  waitsFor(): string {
    const { stage } = this.seat;
    return stage === null || stage.complete ? '' : stage.waitsFor();
  }
}
