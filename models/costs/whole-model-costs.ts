/**
 * Costs of the whole model in operations and bytes (PROTOCOLS sections 0, A.6 and D), from its line of blocks. It
 * knows no world and no message.
 */
import { gradientFlops } from './block-flops.ts';
import type { ModelLine } from './line.ts';
import { elementBytes, OPTIMIZER_SLOTS, type TrainingSpec } from '../spec/training.ts';

export interface WholeModelCosts {
  /** The P of the specification. */
  readonly parameters: number;
  /** w*P: a gradient or the weights, in memory and on the wire. */
  readonly vectorBytes: number;
  /** Operations of forward and backward over the whole model, for that many samples. */
  gradientFlops(samples: number): number;
  /** What is kept between forward and backward, a sample: each layer's input, and z and y a neuron. */
  readonly activationBytesPerSample: number;
  /** w*o*P. */
  readonly optimizerBytes: number;
  /** Adding one push to the sum: P. */
  readonly addFlops: number;
  /** One optimizer step: (2+2o)P. */
  readonly updateFlops: number;
}

/** Costs of one model under one training spec; the line may be cut into blocks in any way. */
export function wholeModelCosts(
  line: ModelLine,
  training: Pick<TrainingSpec, 'precision' | 'optimizer'>,
): WholeModelCosts {
  const slots = OPTIMIZER_SLOTS[training.optimizer.kind];
  const width = elementBytes(training);
  let keptElements = 0;
  for (const block of line.blocks) keptElements += block.keptElements;
  for (const inputs of line.layerInputs) keptElements += inputs;
  const { parameters } = line;
  return {
    parameters,
    vectorBytes: width * parameters,
    gradientFlops: remembered((samples) => gradientFlops(line.blocks, samples)),
    activationBytesPerSample: width * keptElements,
    optimizerBytes: width * slots * parameters,
    addFlops: parameters,
    updateFlops: (2 + 2 * slots) * parameters,
  };
}

/** Asked at every job, and mostly for the same few numbers of samples. */
function remembered(compute: (samples: number) => number): (samples: number) => number {
  const known = new Map<number, number>();
  return (samples) => {
    let value = known.get(samples);
    if (value === undefined) known.set(samples, (value = compute(samples)));
    return value;
  };
}
