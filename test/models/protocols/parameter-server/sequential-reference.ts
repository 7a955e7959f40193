/**
 * What BSP claims to equal (PROTOCOLS section D), written as one loop in one place: the gradient of each worker's
 * share from zero, the shares' gradients summed in worker order, one update.
 */
import type { Dataset } from '../../../../models/spec/data.ts';
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { neuronCount } from '../../../../models/learning/pieces.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import type { TrainingSpec } from '../../../../models/spec/training.ts';

/** One net and one sample order, from which the gradient of any samples at any weights can be had. */
export class ReferenceNet {
  readonly net: Segment;
  private readonly order: SampleOrder;

  constructor(
    private readonly model: MlpSpec,
    private readonly training: TrainingSpec,
    private readonly data: Dataset,
    seed: number,
  ) {
    this.net = new Segment({ ...training, model, seed, low: 0, high: neuronCount(model) });
    this.order = new SampleOrder(seed, data.labels.length);
  }

  /** Adds the gradient of samples [start, start + count) of the run to the net's, and returns their loss. */
  addGradient(start: number, count: number): number {
    const { model, training, data, net } = this;
    const indices = this.order.indices(start, count);
    const inputs = gatherFeatures(data, indices, training.precision);
    const outputs = allocate(training.precision, 0);
    const logits = net.forward(0, { samples: count, outputs, inputs }).outputs;
    const classes = model.layers[model.layers.length - 1];
    const loss = softmaxCrossEntropy(logits, classes, count, gatherLabels(data, indices));
    net.backward(0, { samples: count, outputs: loss.gradient, inputs: null });
    return loss.lossSum;
  }
}

/** Weights and mean losses after all iterations, with the batch divided among that many workers. */
export function sequentialReference(
  model: MlpSpec,
  training: TrainingSpec,
  data: Dataset,
  seed: number,
  workers: number,
): { weights: FloatArray; losses: number[] } {
  const { batch, precision } = training;
  const reference = new ReferenceNet(model, training, data, seed);
  const { net } = reference;
  const losses: number[] = [];
  for (let iteration = 0; iteration < training.iterations; iteration++) {
    const sum = allocate(precision, net.parameters.length);
    let lossSum = 0;
    let low = 0;
    for (let worker = 0; worker < workers; worker++) {
      const samples = Math.ceil((batch - low) / (workers - worker));
      lossSum += reference.addGradient(iteration * batch + low, samples);
      low += samples;
      for (let k = 0; k < sum.length; k++) sum[k] += net.gradients[k];
      net.gradients.fill(0);
    }
    net.gradients.set(sum);
    net.update();
    losses.push(lossSum / batch);
  }
  return { weights: net.parameters, losses };
}
