/**
 * The numerics of a worker: the gradient of its share of a batch, at weights it was sent. It has no optimizer, though it
 * may take plain steps, and knows no node, message or time.
 */
import type { Dataset } from '../spec/data.ts';
import { gatherFeatures, gatherLabels } from './batch.ts';
import { allocate, type FloatArray } from './float-array.ts';
import { softmaxCrossEntropy } from './loss.ts';
import { neuronCount } from './pieces.ts';
import { SampleOrder } from './sample-order.ts';
import { Segment } from './segment.ts';
import type { MlpSpec } from '../spec/model.ts';
import type { TrainingSpec } from '../spec/training.ts';
import type { Share } from './shares.ts';

export class GradientLearner {
  /** Summed loss of the last samples. */
  lossSum = 0;
  /** The sum of several gradients, where weights change between them; null before the first. */
  private accrued: FloatArray | null = null;
  private readonly segment: Segment;
  private readonly order: SampleOrder;

  constructor(
    private readonly model: MlpSpec,
    private readonly training: TrainingSpec,
    private readonly data: Dataset,
    seed: number,
  ) {
    this.segment = new Segment({
      model,
      precision: training.precision,
      optimizer: { kind: 'sgd' },
      learningRate: training.learningRate,
      batch: training.batch,
      seed,
      low: 0,
      high: neuronCount(model),
    });
    this.order = new SampleOrder(seed, data.labels.length);
  }

  /** Copies weights in: those of the canonical vector from `offset` on. */
  load(weights: FloatArray, offset = 0): void {
    this.segment.parameters.set(weights, offset);
  }

  /** Sums the gradient of a share's samples of that iteration, ascending from zero. */
  computeGradient(iteration: number, share: Share): void {
    this.computePasses(iteration, share);
    this.segment.weightGradient(iteration);
  }

  /** What that gradient is the product of (see gradient-terms.ts), layer by layer: x, then dz, in one array. */
  computeTerms(iteration: number, share: Share): FloatArray {
    this.computePasses(iteration, share);
    const { inputs, outputGradients } = this.segment.takeTerms(iteration);
    const arrays = inputs.flatMap((x, layer) => [x, outputGradients[layer]]);
    const length = arrays.reduce((sum, one) => sum + one.length, 0);
    const terms = allocate(this.training.precision, length);
    let at = 0;
    for (const one of arrays) {
      terms.set(one, at);
      at += one.length;
    }
    return terms;
  }

  /** Forward, and backward but for the gradient of the weights. */
  private computePasses(iteration: number, share: Share): void {
    const { model, training, data, segment } = this;
    const samples = share.high - share.low;
    const indices = this.order.indices(iteration * training.batch + share.low, samples);
    const inputs = gatherFeatures(data, indices, training.precision);
    const labels = gatherLabels(data, indices);
    const outputs = allocate(training.precision, 0);
    const logits = segment.forward(iteration, { samples, outputs, inputs }).outputs;
    const classes = model.layers[model.layers.length - 1];
    const { lossSum, gradient } = softmaxCrossEntropy(logits, classes, samples, labels);
    segment.inputGradient(iteration, { samples, outputs: gradient, inputs: null });
    this.lossSum = lossSum;
  }

  /** Adds the gradient of more samples to what is accrued, at weights that then go by it alone: the next sees the step. */
  accrueGradient(iteration: number, share: Share): void {
    const { segment, accrued } = this;
    const lossBefore = accrued === null ? 0 : this.lossSum;
    this.computeGradient(iteration, share);
    this.lossSum += lossBefore;
    if (accrued === null) this.accrued = segment.gradients.slice();
    else for (let k = 0; k < accrued.length; k++) accrued[k] += segment.gradients[k];
    segment.update();
  }

  /** Returns the gradient in an array of its own; the next one begins from zero. With `steps` the weights go by it. */
  takeGradient(steps = false): FloatArray {
    const { accrued } = this;
    this.accrued = null;
    if (accrued !== null) return accrued;
    const gradient = this.segment.gradients.slice();
    if (steps) this.segment.update();
    else this.segment.gradients.fill(0);
    return gradient;
  }
}
