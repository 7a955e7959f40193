/**
 * What a node has at one position of a view: the stage that it trains there, the replicas it keeps there of other
 * positions, and the memory that both take. Messages that come before the stage's state wait here.
 */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Courier } from '../../pipeline/courier.ts';
import type { GradientSums } from '../../pipeline/gradient-sums.ts';
import type { Share } from '../../pipeline/layout.ts';
import type { StageMessage } from '../../pipeline/messages.ts';
import { placeOf, type StagePlace } from '../../pipeline/placement.ts';
import { StageMemory } from '../../pipeline/stage/stage-memory.ts';
import type { StageNumerics } from '../../pipeline/stage/numerics.ts';
import type { StageHooks, StageSite } from '../../pipeline/stage/stage-site.ts';
import type { StageJob } from '../../pipeline/stage/stage-job.ts';
import type { Serving } from '../../pipeline/stage/versions.ts';
import { Stage } from '../../pipeline/stage/stage.ts';
import { replicaCount } from '../../replication/safety.ts';
import type { TrainingMessage } from './messages.ts';
import { Replicas, type Served } from './replicas/replicas.ts';
import type { ReplicaJob } from './replicas/replica-job.ts';
import type { RingView } from './layout/ring-view.ts';
import type { RingWork } from './ring-work.ts';

/** What is asked and told of a stage of the ring; see StageHooks. */
export type SeatHooks = Pick<StageHooks, 'mayBegin' | 'updated' | 'committed'>;

export interface SeatTerms {
  readonly view: RingView;
  readonly position: number;
  /** Of all places of the line. */
  readonly shares: readonly Share[];
  readonly courier: Courier<TrainingMessage>;
  /** Sums gradients over all copies of the ring; null where there is one. */
  readonly sums: GradientSums | null;
}

export class Seat implements StageHooks {
  readonly position: number;
  readonly at: StagePlace;
  /** Null where no position has any. */
  readonly replicas: Replicas | null;
  /** Null until the state is there. */
  stage: Stage | null = null;
  private readonly world: World;
  private readonly work: RingWork;
  private readonly terms: SeatTerms;
  private readonly hooks: SeatHooks;
  private readonly memory: StageMemory;
  /** Of the stage; null before it is there, and under `numerics: 'cost'`. */
  private numerics: StageNumerics | null = null;
  /** Messages that came before it. */
  private readonly early: TrainingMessage[] = [];

  /** Enters in the ledger what the position takes. */
  constructor(world: World, work: RingWork, terms: SeatTerms, hooks: SeatHooks) {
    const { safety } = work;
    this.world = world;
    this.work = work;
    this.terms = terms;
    this.hooks = hooks;
    this.position = terms.position;
    this.at = placeOf(terms.view, terms.position);
    this.memory = new StageMemory(world, this.share.costs, safety.heldBack);
    this.replicas = safety.replicas > 0 ? new Replicas(world, work, terms) : null;
  }

  /** True once it has its state, and has nothing left to do. */
  get complete(): boolean {
    return this.stage !== null && this.stage.complete;
  }

  /** The run's first view: the position and every replica begin with the initial weights. */
  begin(): void {
    const { low, high } = this.share.costs;
    this.replicas?.begin();
    this.stage = this.newStage(0, this.work.initialState(low, high));
  }

  /** The state is there, and is the seat's from here on: it trains on from it, and its replicas begin with it. */
  settle(version: number, state: SegmentState | null): void {
    const copy = state === null ? null : copyState(state);
    const stage = this.newStage(version, state);
    const { gate } = stage.commitment;
    this.stage = stage;
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

  computed(job: StageJob | ReplicaJob): void {
    if (job.pass === 'replica') this.replicas!.computed(job);
    else this.stage!.computed(job);
  }

  /** Ends the training; what is held stays. */
  stop(): void {
    if (this.stage === null) this.memory.stop();
    else this.stage.stop();
  }

  /** Once stopped, it is one of an earlier view, kept for a repair that goes back to it. */
  retire(): void {
    this.memory.retire();
    this.replicas?.retire();
  }

  /** Once stopped, it is not needed any more. */
  drop(isRetired: boolean): void {
    this.memory.drop();
    this.replicas?.drop(isRetired);
  }

  /** The versions of its own stage that it can serve; null before the state is there. */
  get serving(): Serving | null {
    return this.stage?.commitment.state.serving ?? null;
  }

  /**
   * The state of its own position, which is that of the same place in every copy, or of one that it keeps a replica of; null
   * if it has not that version of it.
   */
  serve(position: number, version: number): Served | null {
    const { stage, replicas } = this;
    if (placeOf(this.terms.view, position).place !== this.at.place)
      return replicas?.serve(position, version) ?? null;
    if (stage === null) return null;
    const { state } = stage.commitment;
    if (version < state.low || state.high < version) return null;
    return { job: null, state: () => state.at(version) };
  }

  mayBegin(iteration: number): boolean {
    return this.hooks.mayBegin(iteration);
  }

  gradientReady(update: () => void): void {
    const { numerics } = this;
    const { sums } = this.terms;
    if (sums === null) return update();
    sums.begin(this.position, numerics?.gradients ?? null, this.share.costs.parameters, update);
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

  private get share(): Share {
    return this.terms.shares[this.at.place];
  }

  private toStage(message: TrainingMessage): void {
    if (this.stage === null) this.early.push(message);
    else if (message.kind === 'REPL_ACK') this.stage.acknowledged(message.holder, message.version);
    else this.stage.receive(message as StageMessage);
  }

  private newStage(version: number, state: SegmentState | null): Stage {
    const { world, work, terms, position, share, memory } = this;
    const { view: placement, courier } = terms;
    const { low, high } = share.costs;
    const numerics = work.numerics(low, high, state, version, this.at.copy);
    this.numerics = numerics;
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
    return new Stage(site, this);
  }
}
