/**
 * Sums the gradients of a node's stages over all copies of its pipeline, each stage on a ring of its own: between the last
 * gradient of a stage and its update, while other stages still compute. Each parameter is summed in an order that follows
 * from its number alone (`turns.ts`). It knows no schedule.
 */
import type { Job, JobProfile, World } from '../../engine/world.ts';
import { type Chunk, RingSum, type SumPort } from '../collectives/ring-sum.ts';
import { positionInTurn, sortedByTurns, unsortTurns } from '../collectives/turns.ts';
import { elementWise } from '../costs/job-profiles.ts';
import type { FloatArray } from '../learning/float-array.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import type { TrainingSpec } from '../spec/training.ts';
import type { Courier } from './courier.ts';
import type { SumMessage } from './messages.ts';
import { copiesIn, type Placement, ringOfCopies } from './placement.ts';

/** An addition to a chunk, as traces and claims see it. There are many: its name is made where it is asked for. */
class AddJob implements Job {
  readonly pass = 'add';

  constructor(
    readonly epoch: number,
    readonly iteration: number,
    readonly sum: StageSum,
    readonly flops: number,
    readonly profile: JobProfile,
  ) {}

  get step(): number {
    return this.iteration;
  }

  get name(): string {
    return `add ${this.iteration}, stage ${this.sum.stage}`;
  }

  run(): void {
    this.sum.ring.addOwn();
  }
}

/** The sum of one stage's gradient. It has methods rather than functions of its own: there is one at every node. */
class StageSum implements SumPort<SumMessage> {
  readonly ring: RingSum<SumMessage>;
  /** What the sum is for, and what follows it; null while none is under way. */
  under: UnderWay | null = null;
  private readonly next: number;
  private readonly sumTraffic: number;
  /** Of the sum under way, or the next. */
  private iteration: number;

  constructor(
    readonly stage: number,
    private readonly world: World,
    private readonly site: SumSite,
    private readonly additions: AddJob[],
  ) {
    const { placement, training, version } = site;
    const place = ringOfCopies(placement, stage);
    const position = positionInTurn(place.position, place.size, site.firstParameter(stage));
    const { sumTraffic, wireBytes } = parameterCosts(training);
    this.next = place.next;
    this.sumTraffic = sumTraffic;
    this.iteration = version;
    this.ring = new RingSum(this, [{ ...place, position }], wireBytes);
  }

  message({ ring, values, bytes }: Chunk): SumMessage {
    const { epoch } = this.site.placement;
    return { kind: 'SUM', epoch, to: this.next, ring, values, bytes };
  }

  send(to: number, { kind, epoch, ring, values, bytes }: SumMessage): void {
    // Field by field: copying an object with `...` takes several times as long, and chunks are many.
    this.site.courier.send(to, { kind, epoch, to, ring, values, bytes }, bytes);
  }

  add(elements: number): void {
    const { epoch } = this.site.placement;
    const profile = elementWise(elements, elements * this.sumTraffic);
    this.additions.push(new AddJob(epoch, this.iteration, this, elements, profile));
  }

  hold(bytes: number): void {
    this.world.hold('buffers', bytes);
  }

  release(bytes: number): void {
    this.world.release('buffers', bytes);
  }

  summed(): void {
    const { gradient, sorted, update } = this.under!;
    if (sorted !== null) unsortTurns(sorted, copiesIn(this.site.placement), gradient!);
    this.iteration++;
    this.under = null;
    update();
  }
}

interface UnderWay {
  /** Null: costs alone. */
  readonly gradient: FloatArray | null;
  readonly sorted: FloatArray | null;
  update(): void;
}

export interface SumSite {
  readonly placement: Placement;
  /** The first iteration whose gradients are summed. */
  readonly version: number;
  readonly training: TrainingSpec;
  readonly courier: Courier<SumMessage>;
  /** The number of a stage's first parameter in the whole vector. */
  firstParameter(stage: number): number;
}

export class GradientSums {
  /** A list, because a node has few stages. */
  private readonly sums: StageSum[] = [];
  /** Additions that wait for the engine. */
  private readonly additions: AddJob[] = [];

  constructor(
    private readonly world: World,
    private readonly site: SumSite,
  ) {}

  /** Sums the gradient of a stage in place, and then calls `update`. Null: costs alone. */
  begin(stage: number, gradient: FloatArray | null, elements: number, update: () => void): void {
    const sum = this.sumOf(stage);
    const sorted = gradient && sortedByTurns(gradient, copiesIn(this.site.placement));
    sum.under = { gradient, sorted, update };
    sum.ring.begin(sorted, { low: 0, high: elements });
  }

  /**
   * Takes a chunk for a stage of this node, before its sum or while it is under way. False if it was only passed on, so
   * that there is nothing new for the node to do.
   */
  receive(message: SumMessage): boolean {
    const { ring } = this.sumOf(message.to);
    ring.receive(message);
    return !ring.isGathering;
  }

  /** The addition that is to be done next. */
  next(): Job | null {
    return this.additions.length === 0 ? null : this.additions.shift()!;
  }

  /** True if it was an addition. */
  ended(job: Job): boolean {
    if (!(job instanceof AddJob)) return false;
    job.sum.ring.added();
    return true;
  }

  /** Ends all sums: what is held for them is released. */
  stop(): void {
    for (const { ring } of this.sums) ring.stop();
  }

  /** The stages whose sums are under way. */
  get missing(): number[] {
    return this.sums.filter(({ under }) => under !== null).map(({ stage }) => stage);
  }

  private sumOf(stage: number): StageSum {
    const { sums } = this;
    for (let k = 0; k < sums.length; k++) if (sums[k].stage === stage) return sums[k];
    const sum = new StageSum(stage, this.world, this.site, this.additions);
    sums.push(sum);
    return sum;
  }
}
