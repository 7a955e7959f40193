/**
 * A node's state in one epoch: the stage it trains, the replicas it keeps there of other positions, and the memory that
 * all of it takes. Messages that come before its state wait here. When the view is over, what the node held stays here for
 * as long as a repair may come back for it (PROTOCOLS C).
 */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from '../../pipeline/courier.ts';
import type { Share } from '../../pipeline/layout.ts';
import type { StageMessage } from '../../pipeline/messages.ts';
import { StageMemory } from '../../pipeline/stage/stage-memory.ts';
import type { TrainingMessage } from './messages.ts';
import { Replicas, type Served } from './replicas.ts';
import type { ReplicaJob } from './replica-job.ts';
import type { LayoutReport, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import { replicaCount } from '../../replication/safety.ts';
import type { StageHooks, StageSite } from '../../pipeline/stage/stage-site.ts';
import { greedy } from '../../pipeline/greedy.ts';
import type { StageJob } from '../../pipeline/stage/stage-job.ts';
import { Stage } from '../../pipeline/stage/stage.ts';

/** What is asked and told of a stage of the ring; see StageHooks. */
export type EpochHooks = Pick<StageHooks, 'mayBegin' | 'updated' | 'committed'>;

export class EpochState implements StageHooks {
  readonly view: RingView;
  /** The position of this node. */
  readonly position: number;
  private readonly world: World;
  private readonly work: RingWork;
  private readonly share: Share;
  private readonly courier: Courier<TrainingMessage>;
  private readonly hooks: EpochHooks;
  private readonly memory: StageMemory;
  /** Null where no position has any. */
  private readonly replicas: Replicas | null;
  /** Null until the state is there. */
  private stage: Stage | null = null;
  private stages: readonly Stage[] = [];
  /** Messages that came before it. */
  private readonly early: TrainingMessage[] = [];
  private retired = false;

  /** `records` are those of the view's nodes, in ring order. Enters in the ledger what the position takes. */
  constructor(
    world: World,
    work: RingWork,
    terms: { view: RingView; records: () => Float64Array; courier: Courier<TrainingMessage> },
    hooks: EpochHooks,
  ) {
    const { view, records, courier } = terms;
    const { safety } = work;
    const { shares, stagesByNode } = work.layout(view, records);
    const [position] = stagesByNode.get(world.self)!;
    this.world = world;
    this.work = work;
    this.view = view;
    this.position = position;
    this.share = shares[position];
    this.courier = courier;
    this.hooks = hooks;
    this.memory = new StageMemory(world, this.share.costs, safety.heldBack);
    this.replicas =
      safety.replicas > 0 ? new Replicas(world, work, { view, position, shares, courier }) : null;
  }

  /** True once it has its state, and has nothing left to do. */
  get complete(): boolean {
    return this.stage !== null && this.stage.complete;
  }

  /** The run's first view: the position and every replica begin with the initial weights. */
  begin(): void {
    const { low, high } = this.share.costs;
    this.replicas?.begin();
    this.train(0, this.work.initialState(low, high));
  }

  /** The state is there, and is the epochState's from here on: it trains on from it, and its replicas begin with it. */
  settle(version: number, state: SegmentState | null): void {
    const copy = state === null ? null : copyState(state);
    const stage = this.train(version, state);
    const { gate } = stage.commitment;
    if (gate.hasReplicas) gate.shut(version);
    this.replicas?.sendState(version, copy);
    for (const message of this.early.splice(0)) this.toStage(message);
  }

  receive(message: TrainingMessage): void {
    switch (message.kind) {
      case 'REPL_STATE':
        return this.replicas!.receiveState(message);
      case 'REPL_GRAD':
        return this.replicas!.receiveGradient(message);
      default:
        this.toStage(message);
        if (message.kind === 'REPL_ACK') this.replicas!.acknowledgedBy(message.holder);
    }
  }

  private toStage(message: TrainingMessage): void {
    if (this.stage === null) this.early.push(message);
    else if (message.kind === 'REPL_ACK') this.stage.acknowledged(message.holder, message.version);
    else this.stage.receive(message as StageMessage);
  }

  /** The next job, begun: it must run and come back to `computed`. Null if there is nothing to do. */
  next(): StageJob | ReplicaJob | null {
    const { stages, replicas } = this;
    if (replicas === null) return greedy.next(stages);
    return replicas.next(true) ?? greedy.next(stages) ?? replicas.next(false);
  }

  computed(job: StageJob | ReplicaJob): void {
    if (job.pass === 'replica') this.replicas!.computed(job);
    else this.stage!.computed(job);
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    if (this.stage === null) this.memory.stop();
    else this.stage.stop();
  }

  /** Once stopped, it is an earlier view, kept for a repair that goes back to it. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.memory.retire();
    this.replicas?.retire();
  }

  /** Once stopped, it is not needed any more. */
  drop(): void {
    this.memory.drop();
    this.replicas?.drop(this.retired);
  }

  /** What it can serve. */
  get report(): LayoutReport {
    const { epoch, nodes, bounds } = this.view;
    const own = this.stage === null ? [] : [this.stage.commitment.state.serving];
    return { epoch, nodes, bounds, own, replicas: this.replicas?.serving ?? [] };
  }

  /** The state of any position of the view that it holds: its own if it has that version of it, else a replica. */
  serve(position: number, version: number): Served {
    const { stage, replicas } = this;
    if (stage !== null && position === this.position) {
      const { state } = stage.commitment;
      if (state.low <= version && version <= state.high)
        return { job: null, state: () => state.at(version) };
    }
    return replicas!.serve(position, version);
  }

  /** The own state after the newest update; borrowed. Null without numerics. */
  stateAt(version: number): SegmentState | null {
    return this.stage!.commitment.state.at(version);
  }

  waitsFor(): string {
    return this.stage === null || this.complete ? '' : this.stage.waitsFor();
  }

  private train(version: number, state: SegmentState | null): Stage {
    const { world, work, view: placement, position, share, courier, memory } = this;
    const { low, high } = share.costs;
    const numerics = work.numerics(low, high, state);
    const replicas = replicaCount(work.safety, placement.nodes.length);
    const site: StageSite = {
      world,
      work,
      placement,
      position,
      share,
      courier,
      memory,
      numerics,
      version,
      replicas,
    };
    this.stage = new Stage(site, this);
    this.stages = [this.stage];
    return this.stage;
  }

  mayBegin(iteration: number): boolean {
    return this.hooks.mayBegin(iteration);
  }

  gradientReady(update: () => void): void {
    update();
  }

  updated(position: number, version: number): void {
    this.hooks.updated(position, version);
  }

  /** An update is final: the replicas get the step, and the gate is shut until they have it. */
  committed(position: number, version: number, gradient: FloatArray | null): void {
    const { iterations } = this.work.assignment.training;
    const { gate } = this.stage!.commitment;
    if (gate.hasReplicas && version < iterations) {
      gate.shut(version);
      this.replicas!.sendGradient(version - 1, gradient);
    }
    this.hooks.committed(position, version, gradient);
  }
}
