/**
 * A node of a pipeline with a written schedule: it holds one or several stages and runs what the schedule says. It knows
 * nothing of failures.
 */
import type { Job, Node, NodeId, World } from '../../engine/world.ts';
import { type Courier, DirectCourier } from './courier.ts';
import { JobRunner } from './job-runner.ts';
import type { Share } from './layout.ts';
import { GradientSums } from './gradient-sums.ts';
import type { PipelineMessage } from './messages.ts';
import { placeOf, type Placement } from './placement.ts';
import type { Schedule } from './schedule.ts';
import { copyState, type SegmentState } from '../learning/segment-state.ts';
import type { Beginning, Keep } from '../restart/terms.ts';
import { Stage } from './stage/stage.ts';
import { NO_HOOKS, type StageSite } from './stage/stage-site.ts';
import { PairJob } from './stage/pair-job.ts';
import type { PipelineJob, StageJob } from './stage/stage-job.ts';
import { StageMemory } from './stage/stage-memory.ts';
import type { PipelineWork } from './stage/work.ts';

/** Which node holds which stage, and what each of the line costs: one object for all nodes that share memory. */
export interface PipelineLayout {
  readonly placement: Placement;
  readonly shares: readonly Share[];
  readonly stagesByNode: ReadonlyMap<NodeId, readonly number[]>;
}

/** The state of each stage of a node, in line order; null under `numerics: 'cost'`. */
export type NodeState = readonly (SegmentState | null)[];

/** Where a node begins, and whom it tells of its steps. */
export interface PipelineRestart {
  readonly beginning: Beginning<NodeState>;
  readonly keep: Keep<NodeState>;
}

const FROM_SEED: PipelineRestart = {
  beginning: { epoch: 0, version: 0, state: null },
  keep() {},
};

export class PipelineNode implements Node<PipelineMessage> {
  protected readonly world: World<PipelineMessage>;
  private readonly work: PipelineWork;
  private readonly layout: PipelineLayout;
  private readonly placement: Placement;
  private readonly courier: Courier<PipelineMessage>;
  private readonly restart: PipelineRestart;
  protected readonly runner: JobRunner;
  /** Null where there is one copy of the pipeline. */
  private readonly sums: GradientSums | null;
  /** In line order; made when the node starts. */
  private stages: readonly Stage[] = [];

  constructor(
    world: World<PipelineMessage>,
    work: PipelineWork,
    layout: PipelineLayout,
    schedule: Schedule,
    restart: PipelineRestart = FROM_SEED,
  ) {
    this.world = world;
    this.work = work;
    this.layout = layout;
    this.placement = { ...layout.placement, epoch: restart.beginning.epoch };
    this.courier = new DirectCourier(world, this.placement);
    this.restart = restart;
    this.sums = this.newSums();
    this.runner = new JobRunner(world as World, {
      next: () => this.sums?.next() ?? schedule.next(this.stages),
      computed: (job) => {
        if (this.sums?.ended(job)) return;
        for (const part of job instanceof PairJob ? job.parts : [job as StageJob])
          this.stageOf(part.position).computed(part);
      },
    });
  }

  get phase(): string {
    if (this.stages.length === 0) return 'new';
    const pass = (this.runner.running as PipelineJob | null)?.pass;
    return pass ?? (this.finished ? 'finished' : 'idle');
  }

  get finished(): boolean {
    return this.stages.length > 0 && this.stages.every(({ complete }) => complete);
  }

  start(): void {
    const own = this.layout.stagesByNode.get(this.world.self) ?? [];
    this.stages = own.map((position, index) => this.stage(position, index));
    this.runner.work();
  }

  receive(message: PipelineMessage): void {
    if (message.kind !== 'SUM') this.stageOf(message.to).receive(message);
    else if (!this.sums!.receive(message)) return;
    this.runner.work();
  }

  computed(job: Job): void {
    this.runner.computed(job);
    this.runner.work();
  }

  woken(alarm: string): void {
    throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    const summed = this.sums?.missing ?? [];
    const unfinished = this.stages.filter(({ complete }) => !complete);
    const others = unfinished.filter(({ position }) => !summed.includes(position));
    const sums = summed.map((stage) => `the sum of the gradients of stage ${stage}`);
    return [...sums, ...others.map((stage) => stage.waitsFor())].join(', ');
  }

  /**
   * The gradient of this copy's part of the batch is complete. A node that sums it with other nodes calls `update` later,
   * and looks for work then.
   */
  protected gradientReady({ position, share, numerics }: StageSite, update: () => void): void {
    if (this.sums === null) return update();
    this.sums.begin(position, numerics?.gradients ?? null, share.costs.parameters, update);
  }

  private newSums(): GradientSums | null {
    const { work, world, restart, placement, courier } = this;
    const { version } = restart.beginning;
    const { training, copies } = work;
    if (copies === 1) return null;
    const firstParameter = (stage: number) =>
      work.parameterBound(placement.bounds[placeOf(placement, stage).place]);
    return new GradientSums(world as World, {
      ...{ placement, version, training, courier, firstParameter },
    });
  }

  private stageOf(position: number): Stage {
    const { stages } = this;
    for (let k = 0; k < stages.length; k++) if (stages[k].position === position) return stages[k];
    throw new Error(`node ${this.world.self} does not hold stage ${position}`);
  }

  private stage(position: number, index: number): Stage {
    const { work, layout, placement, courier } = this;
    const { beginning } = this.restart;
    const { version } = beginning;
    const world = this.world as World;
    const { copy, place } = placeOf(placement, position);
    const share = layout.shares[place];
    const { low, high } = share.costs;
    const memory = new StageMemory(world, share.costs, work.safety.heldBack);
    const numerics = work.numerics(
      low,
      high,
      beginning.state?.[index] ?? work.initialState(low, high),
      version,
      copy,
    );
    const replicas = 0;
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
    return new Stage(site, {
      ...NO_HOOKS,
      gradientReady: (update) => this.gradientReady(site, update),
      committed: (_, made) => this.keepOnceAllAreAt(made),
    });
  }

  /**
   * A step of this node is done for good once all its stages have made it. None is further by then, but where a loss came
   * an iteration late: such a step is not kept.
   */
  private keepOnceAllAreAt(version: number): void {
    const states = this.stages.map(({ commitment }) => commitment.state);
    if (states.some(({ high }) => high !== version)) return;
    this.restart.keep(version, () => states.map((state) => copyOf(state.at(version))));
  }
}

function copyOf(state: SegmentState | null): SegmentState | null {
  return state && copyState(state);
}
