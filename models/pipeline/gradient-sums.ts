/**
 * Sums the gradients of a node's stages over all copies of its pipeline, each stage on a ring of its own: between the last
 * gradient of a stage and its update, while other stages still compute. Each parameter is summed in an order that follows
 * from its number alone (`turns.ts`). It knows no schedule.
 */
import type { Job, JobProfile, World } from '../../engine/world.ts';
import { RingSum } from '../collectives/ring-sum.ts';
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
    private readonly stage: number,
    readonly flops: number,
    readonly profile: JobProfile,
    readonly run: () => void,
  ) {}

  get step(): number {
    return this.iteration;
  }

  get name(): string {
    return `add ${this.iteration}, stage ${this.stage}`;
  }
}

interface StageSum {
  readonly ring: RingSum<SumMessage>;
  /** Of the sum under way, or the next. */
  iteration: number;
  /** What the sum is for, and what follows it; null while none is under way. */
  under: UnderWay | null;
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
  private readonly sums = new Map<number, StageSum>();
  /** Additions that wait for the engine, and the one that it does. */
  private readonly additions: { readonly job: AddJob; readonly ring: RingSum<SumMessage> }[] = [];
  private running: { readonly job: AddJob; readonly ring: RingSum<SumMessage> } | null = null;

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

  /** Takes a chunk for a stage of this node, before its sum or while it is under way. */
  receive(message: SumMessage): void {
    this.sumOf(message.to).ring.receive(message);
  }

  /** The addition that is to be done next. */
  next(): Job | null {
    this.running = this.additions.shift() ?? null;
    return this.running?.job ?? null;
  }

  /** True if it was an addition. */
  ended(job: Job): boolean {
    if (job !== this.running?.job) return false;
    const { ring } = this.running;
    this.running = null;
    ring.added();
    return true;
  }

  /** Ends all sums: what is held for them is released. */
  stop(): void {
    for (const { ring } of this.sums.values()) ring.stop();
  }

  /** The stages whose sums are under way. */
  get missing(): number[] {
    return [...this.sums].flatMap(([stage, { under }]) => (under === null ? [] : [stage]));
  }

  private sumOf(stage: number): StageSum {
    let sum = this.sums.get(stage);
    if (sum === undefined) this.sums.set(stage, (sum = this.newSum(stage)));
    return sum;
  }

  private newSum(stage: number): StageSum {
    const { world, site, additions } = this;
    const { placement, courier, training, version } = site;
    const { epoch } = placement;
    const place = ringOfCopies(placement, stage);
    const { size, position: copy } = place;
    const { sumTraffic, wireBytes } = parameterCosts(training);
    const position = positionInTurn(copy, size, site.firstParameter(stage));
    const ring: RingSum<SumMessage> = new RingSum(
      {
        message: ({ ring, values, bytes }) => {
          return { kind: 'SUM', epoch, to: place.next, ring, values, bytes };
        },
        // Field by field: copying an object with `...` takes several times as long, and chunks are many.
        send: (to, { kind, ring, values, bytes }) =>
          courier.send(to, { kind, epoch, to, ring, values, bytes }, bytes),
        add(elements) {
          const profile = elementWise(elements, elements * sumTraffic);
          const job = new AddJob(epoch, sum.iteration, stage, elements, profile, addOwn);
          additions.push({ ring, job });
        },
        hold: (bytes) => world.hold('buffers', bytes),
        release: (bytes) => world.release('buffers', bytes),
        summed() {
          const { gradient, sorted, update } = sum.under!;
          if (sorted !== null) unsortTurns(sorted, size, gradient!);
          sum.iteration++;
          sum.under = null;
          update();
        },
      },
      [{ ...place, position }],
      wireBytes,
    );
    const addOwn = () => ring.addOwn();
    const sum: StageSum = { ring, iteration: version, under: null };
    return sum;
  }
}
