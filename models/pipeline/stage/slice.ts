/**
 * The part of a layer that a stage is where its neighbours have the others (PROTOCOLS A.7, relay). What a pass begins with
 * goes on to the next at once, so that all of them compute at the same time. Its result is complete, and the pass over,
 * when that of the part before has come: the outputs so far, or the sum so far of the gradient of the inputs.
 */
import type { Carry } from '../../learning/carry.ts';
import { allocate, precisionOf } from '../../learning/float-array.ts';
import type { SliceCosts } from '../../costs/slice-costs.ts';
import type { StageJob, Task } from './stage-job.ts';
import type { StageMemory } from './stage-memory.ts';
import type { StageNumerics } from './numerics.ts';
import type { StageSender } from './stage-sender.ts';
import type { StageSite } from './stage-site.ts';

type Way = 'forward' | 'backward';

export class Slice {
  private readonly costs: SliceCosts;
  private readonly sender: StageSender;
  private readonly memory: StageMemory;
  /** Outputs of the layer before its own. */
  private readonly outputsBefore: number;
  /** Passes that wait for the part before: one each way at most. */
  private readonly waiting: Record<Way, StageJob | null> = { forward: null, backward: null };
  private readonly tails: Record<Way, Task[]> = { forward: [], backward: [] };

  constructor(costs: SliceCosts, { work, share, memory }: StageSite, sender: StageSender) {
    this.costs = costs;
    this.outputsBefore = work.line.blocks[share.costs.low].low;
    this.sender = sender;
    this.memory = memory;
  }

  /** Whether a pass that way must wait: what is done goes on first, so that nobody waits for a node that is busy. */
  holds(way: Way): boolean {
    const { forward, backward } = this.waiting;
    return backward !== null || (way === 'forward' && forward !== null);
  }

  /** What the pass that waits lacks, and which way it comes; null if none waits. */
  get missing(): { readonly way: Way; readonly what: string } | null {
    const { forward, backward } = this.waiting;
    const job = backward ?? forward;
    if (job === null) return null;
    const way = wayOf(job);
    const kind = way === 'forward' ? 'FWD_Y' : 'DX';
    return { way, what: `${kind} ${job.iteration}/${job.microBatch}` };
  }

  /** The input of the layer came, or the outputs of the layer before. */
  forwardArrived({ iteration, microBatch, carry }: Task): void {
    if (this.costs.closes) return;
    const inputs = carry && (carry.inputs ?? carry.outputs);
    this.sender.inputs({
      ...{ iteration, microBatch },
      carry: inputs && inputsOf(carry.samples, inputs.slice()),
    });
  }

  /** The gradient of the outputs came, up to its own last. */
  backwardArrived({ iteration, microBatch, carry }: Task): void {
    if (this.costs.opens) return;
    const before = carry && carry.outputs.slice(0, this.outputsBefore * carry.samples);
    this.sender.gradients({
      ...{ iteration, microBatch },
      carry: before && outputsOf(carry.samples, before),
    });
  }

  /** A pass has been computed. Whether it is over: else it is when a tail has come. */
  ends(job: StageJob): boolean {
    const way = wayOf(job);
    if (!this.awaitsTail(way)) return true;
    const at = this.tails[way].findIndex((tail) => isSame(tail, job));
    if (at < 0) {
      this.waiting[way] = job;
      return false;
    }
    const [tail] = this.tails[way].splice(at, 1);
    this.complete(way, job, tail);
    return true;
  }

  /** The result of the part before came. Returns the pass that is over with it, if it has been computed. */
  tailArrived(way: Way, tail: Task): StageJob | null {
    this.memory.tailArrived(this.costs.tailIn[way]);
    const job = this.waiting[way];
    if (job === null || !isSame(job, tail)) {
      this.tails[way].push(tail);
      return null;
    }
    this.waiting[way] = null;
    this.complete(way, job, tail);
    return job;
  }

  private awaitsTail(way: Way): boolean {
    const { opens, closes, isFirstLayer } = this.costs;
    return way === 'forward' ? !opens : !closes && !isFirstLayer;
  }

  private complete(way: Way, job: StageJob, { carry }: Task): void {
    this.memory.tailTaken(this.costs.tailIn[way]);
    if (carry === null) return;
    const own = job.carry!.outputs;
    if (way === 'forward') own.set(carry.outputs);
    else for (let k = 0; k < own.length; k++) own[k] = carry.outputs[k] + own[k];
  }
}

/** The arithmetic of a slice: that of a segment, which is given all of its layer before it. */
class SliceArithmetic {
  private readonly whole: StageNumerics;
  private readonly outputsBefore: number;
  /** Elements a sample of the gradient of its inputs that come with a carry; null where none do. */
  private readonly partialInputs: number | null;

  constructor(whole: StageNumerics, outputsBefore: number, partialInputs: number | null) {
    this.whole = whole;
    this.outputsBefore = outputsBefore;
    this.partialInputs = partialInputs;
  }

  /** A forward leaves room before its own outputs. A backward leaves its own part of the gradient of the inputs. */
  run(job: StageJob): void {
    const { carry, pass } = job;
    if (pass === 'forward' && this.outputsBefore > 0) {
      const { samples, inputs } = carry!;
      const before = allocate(precisionOf(inputs!), this.outputsBefore * samples);
      job.carry = { samples, outputs: before, inputs };
    }
    if (pass === 'backward' && this.partialInputs !== null) {
      const { samples, outputs } = carry!;
      const sums = allocate(precisionOf(outputs), this.partialInputs * samples);
      job.carry = { samples, outputs, inputs: sums };
    }
    this.whole.run(job);
    const { carry: result } = job;
    if (pass === 'forward') job.carry = outputsOf(result!.samples, result!.outputs);
    if (pass === 'backward' && this.outputsBefore > 0)
      job.carry = outputsOf(result!.samples, result!.inputs ?? nothing(result!.outputs));
  }
}

/** The arithmetic of that stage; null under `numerics: 'cost'`. */
export function arithmeticOf({
  work,
  share,
  numerics,
}: StageSite): StageNumerics | SliceArithmetic | null {
  const { low, slice } = share.costs;
  if (numerics === null || slice === null) return numerics;
  const { layer, low: outputsBefore } = work.line.blocks[low];
  const isWhole = slice.closes || slice.isFirstLayer;
  const partialInputs = isWhole ? null : work.line.layerInputs[layer];
  return new SliceArithmetic(numerics, outputsBefore, partialInputs);
}

function wayOf({ pass }: StageJob): Way {
  return pass === 'forward' ? 'forward' : 'backward';
}

function isSame(one: Pick<Task, 'iteration' | 'microBatch'>, other: Task): boolean {
  return one.microBatch === other.microBatch && one.iteration === other.iteration;
}

function outputsOf(samples: number, outputs: Carry['outputs']): Carry {
  return { samples, outputs, inputs: null };
}

function inputsOf(samples: number, inputs: Carry['outputs']): Carry {
  return { samples, outputs: nothing(inputs), inputs };
}

function nothing(like: Carry['outputs']): Carry['outputs'] {
  return allocate(precisionOf(like), 0);
}
