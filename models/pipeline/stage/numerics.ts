/**
 * The numerics of one stage: its segment, and at the two ends of the line the data. It knows no message and no order
 * of work. Under `numerics: 'cost'` there is none.
 */
import type { DataSplit } from '../../spec/data.ts';
import { Cooling, type CoolingRule } from '../../learning/cooling.ts';
import { coolingBlocks } from '../cooling-blocks.ts';
import { gatherFeatures, gatherLabels } from '../../learning/batch.ts';
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import { softmaxCrossEntropy } from '../../learning/loss.ts';
import { SampleOrder } from '../../learning/sample-order.ts';
import { Segment } from '../../learning/segment.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { ModelLine } from '../../costs/line.ts';
import type { Pass } from '../../costs/segment-costs.ts';
import type { MlpSpec } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { Safety } from '../../replication/safety.ts';
import type { Mode } from '../modes/mode.ts';
import { isRecomputed, type Recompute } from '../recompute.ts';
import type { Carry } from '../../learning/carry.ts';
import type { StageJob, Task } from './stage-job.ts';

interface NumericsOptions {
  readonly seed: number;
  readonly model: MlpSpec;
  readonly line: ModelLine;
  readonly training: TrainingSpec;
  readonly recompute: Recompute;
  readonly data: DataSplit;
  /** The number in the batch of its micro-batch 0. */
  readonly firstMicroBatch: number;
  /** Those of a batch that it takes. */
  readonly microBatches: number;
  /** Blocks [low, high) of the line. */
  readonly low: number;
  readonly high: number;
  readonly state: SegmentState;
  /** Iterations behind that state. */
  readonly version: number;
  readonly safety: Safety;
  readonly mode: Mode;
  readonly cooling: CoolingRule | null;
}

/** The number of a block bound in neurons of the whole model. */
export function neuronBound(line: ModelLine, model: MlpSpec, bound: number): number {
  const widthBefore = (layer: number) =>
    model.layers.slice(1, layer + 1).reduce((sum, width) => sum + width, 0);
  if (bound === line.blocks.length) return widthBefore(model.layers.length - 1);
  return widthBefore(line.blocks[bound].layer) + line.blocks[bound].low;
}

export class StageNumerics {
  private readonly segment: Segment;
  private readonly order: SampleOrder;
  private readonly cooling: Cooling | null;
  private readonly options: NumericsOptions;
  private readonly samples: number;
  /** Updates behind the weights, and older weights that are still to be taken, by theirs. */
  private updates: number;
  private readonly older = new Map<number, FloatArray>();
  /** Micro-batches whose weight gradients may be added, and the next to be added; numbered from the beginning of the run. */
  private readonly due = new Set<number>();
  private nextGradient: number;

  constructor(options: NumericsOptions) {
    const { seed, model, line, training, data, low, high, state, version } = options;
    const updateEvery = options.mode.updateEvery(options.microBatches);
    this.options = options;
    this.nextGradient = version * options.microBatches;
    this.updates = this.nextGradient / updateEvery;
    this.samples = training.batch / training.microBatches;
    this.order = new SampleOrder(seed, data.train.labels.length);
    this.cooling =
      options.cooling && new Cooling(options.cooling, coolingBlocks(line, training, low, high));
    this.segment = new Segment({
      model,
      seed,
      state,
      precision: training.precision,
      optimizer: training.optimizer,
      learningRate: training.learningRate,
      batch: (training.batch / options.microBatches) * updateEvery,
      low: neuronBound(line, model, low),
      high: neuronBound(line, model, high),
    });
  }

  /** This segment's slice of the canonical vector; borrowed. */
  get parameters(): FloatArray {
    return this.segment.parameters;
  }

  /** The sum of the gradients of the batch so far; borrowed. */
  get gradients(): FloatArray {
    return this.segment.gradients;
  }

  /** The first index of the slice. */
  get offset(): number {
    return this.segment.offset;
  }

  /** The state after the last update; borrowed, and changed by the next. */
  get state(): SegmentState {
    return this.segment.state;
  }

  /** The labels of a micro-batch. */
  labels(iteration: number, microBatch: number): Uint8Array {
    return gatherLabels(this.options.data.train, this.indices(iteration, microBatch));
  }

  /** The summed loss of logits, and its gradient by them. */
  loss({ outputs, samples }: Carry, labels: Uint8Array): { lossSum: number; carry: Carry } {
    const { outputElements } = this.options.line;
    const { lossSum, gradient } = softmaxCrossEntropy(outputs, outputElements, samples, labels);
    return { lossSum, carry: { samples, outputs: gradient, inputs: null } };
  }

  /** What the first stage begins with. */
  features({ iteration, microBatch }: Pick<Task, 'iteration' | 'microBatch'>): Carry {
    const { data, training } = this.options;
    const indices = this.indices(iteration, microBatch);
    return {
      samples: this.samples,
      outputs: allocate(training.precision, 0),
      inputs: gatherFeatures(data.train, indices, training.precision),
    };
  }

  /** Runs a job: takes its carry, and leaves the result there. */
  run(job: StageJob): void {
    const { recompute, microBatches } = this.options;
    const number = job.iteration * microBatches + job.microBatch;
    switch (job.pass) {
      case 'forward':
        job.carry = this.segment.forward(
          number,
          job.carry ?? this.features(job),
          isRecomputed(recompute, job.microBatch, microBatches),
          this.weights(job.version),
        );
        return;
      case 'recompute':
        this.segment.forwardAgain(number, this.weights(job.version));
        return;
      case 'backward':
      case 'input-gradient':
        if (job.labels !== null) Object.assign(job, this.loss(job.carry!, job.labels));
        job.carry = this.segment.inputGradient(number, job.carry!, this.weights(job.version));
        if (job.pass === 'backward') this.addGradient(number);
        return;
      case 'weight-gradient':
        this.addGradient(number);
        return;
      case 'update':
        this.update(job);
    }
  }

  /** Operations that a pass of this iteration is spared, for blocks whose updates are left out. */
  saved(pass: Pass): number {
    if (this.cooling === null) return 0;
    const { gradientFlops, updateFlops } = this.cooling.saved;
    return pass === 'backward' ? gradientFlops : pass === 'update' ? updateFlops : 0;
  }

  /** Nobody takes the weights after so many updates any more. */
  drop(version: number): void {
    this.older.delete(version);
  }

  /** An update. Keeps what it replaces where that may be wanted again. */
  private update(job: StageJob): void {
    const { heldBack, replicas } = this.options.safety;
    if (heldBack) job.previous = copyState(this.segment.state);
    if (replicas > 0) job.gradient = this.segment.gradients.slice();
    if (job.keeps) this.older.set(this.updates, this.segment.parameters.slice());
    const { cooling } = this;
    const before = cooling && copyState(this.segment.state);
    if (cooling) job.resting = cooling.resting;
    this.segment.update();
    if (before) cooling!.updated(before, this.segment.state);
    this.updates++;
  }

  /** The weights after so many updates. */
  private weights(version: number): FloatArray {
    const { segment, updates } = this;
    if (version === updates) return segment.parameters;
    const older = version === updates - 1 ? segment.earlier : undefined;
    const weights = older ?? this.older.get(version);
    if (weights !== undefined) return weights;
    throw new Error(
      `weights after ${version} updates are asked for, and not held after ${updates}`,
    );
  }

  /**
   * Adds the weight gradient of a micro-batch once those before it are in the sum: whatever the order of a schedule, the
   * sum is that of sequential SGD, bit for bit.
   */
  private addGradient(number: number): void {
    this.due.add(number);
    while (this.due.delete(this.nextGradient))
      this.segment.weightGradient(this.nextGradient++, this.cooling?.active);
  }

  private indices(iteration: number, microBatch: number): Uint32Array {
    const { firstMicroBatch, training } = this.options;
    const before = (firstMicroBatch + microBatch) * this.samples;
    return this.order.indices(iteration * training.batch + before, this.samples);
  }
}
