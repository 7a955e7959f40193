/**
 * Costs of the whole model in operations and bytes (PROTOCOLS sections 0, A.6 and D), from its line of blocks. It
 * knows no world and no message.
 */
import type { JobProfile } from '../../engine/world.ts';
import { gradientFlops } from './block-flops.ts';
import { elementWise, type JobCosts, passProfile } from './job-profiles.ts';
import type { ModelLine } from './line.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import { bytesOf, type TrainingSpec } from '../spec/training.ts';

export interface WholeModelCosts {
  /** The P of the specification. */
  readonly parameters: number;
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** Weights or a gradient on the wire. */
  readonly wireBytes: number;
  /** Forward and backward over the whole model in one job, for that many samples. */
  gradient(samples: number): JobCosts;
  readonly updateProfile: JobProfile;
  /** What is kept between forward and backward, a sample: each layer's input, and z and y a neuron. */
  readonly activationBytesPerSample: number;
  /** One optimizer step: (2+2o)P. */
  readonly updateFlops: number;
}

/** Costs of one model under one training spec; the line may be cut into blocks in any way. */
export function wholeModelCosts(
  line: ModelLine,
  training: Pick<TrainingSpec, 'precision' | 'bytes' | 'optimizer'>,
): WholeModelCosts {
  const each = parameterCosts(training);
  let keptElements = 0;
  let overheadNs = 0;
  for (const block of line.blocks) {
    keptElements += block.keptElements;
    overheadNs += block.overheadNs ?? 0;
  }
  for (const inputs of line.layerInputs) keptElements += inputs;
  const { parameters } = line;
  const updateFlops = each.updateFlops * parameters;
  return {
    parameters,
    weightBytes: each.weightBytes * parameters,
    gradientBytes: each.gradientBytes * parameters,
    optimizerBytes: each.optimizerBytes * parameters,
    wireBytes: each.wireBytes * parameters,
    gradient: remembered((samples) => ({
      flops: gradientFlops(line.blocks, samples),
      profile: passProfile(samples, 2 * overheadNs),
    })),
    activationBytesPerSample: bytesOf(training).activations * keptElements,
    updateFlops,
    updateProfile: elementWise(updateFlops, each.updateTraffic * parameters),
  };
}

/** Asked at every job, and mostly for the same few numbers of samples. */
function remembered<T>(compute: (samples: number) => T): (samples: number) => T {
  const known = new Map<number, T>();
  return (samples) => {
    let value = known.get(samples);
    if (value === undefined) known.set(samples, (value = compute(samples)));
    return value;
  };
}
