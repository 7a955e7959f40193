/** What a cluster could do by its cost model alone, without a wire: the measure that rates of a run are held against. */
import { jobNs, speedAt } from '../../engine/cost.ts';
import type { HostSpec } from '../../engine/host-spec.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { TrainingSpec } from '../spec/training.ts';
import { gradientFlops } from './block-flops.ts';
import { lineOf } from './cost-line.ts';
import { segmentCosts } from './segment-costs.ts';

export interface NominalRates {
  /** Of one node that holds all layers: the mean over the hosts, so that N nodes without any loss are N times as fast. */
  readonly samplesPerSecondAlone: number;
  /** Forward and backward of the model, once each: what is recomputed is no progress. */
  readonly flopsPerSample: number;
  /** Of all hosts together. */
  readonly flopsPerSecond: number;
}

/** The rates of those hosts at their nominal speeds; one node takes the micro-batches of the scenario one by one. */
export function nominalRates(
  hosts: readonly HostSpec[],
  model: ModelSpec,
  training: TrainingSpec,
): NominalRates {
  const line = lineOf(model, 1);
  const samples = training.batch / training.microBatches;
  const rates = new Map<HostSpec, number>();
  let [alone, flopsPerSecond] = [0, 0];
  for (const host of hosts) {
    let rate = rates.get(host);
    if (rate === undefined) {
      const speedFlopsPerSecond = speedAt(host, samples);
      const nowhere = { latencyNs: 0, bandwidthBytesPerSecond: Infinity };
      const here = { ...host, efficiency: undefined, speedFlopsPerSecond, ...nowhere };
      const costs = segmentCosts({ line, training, recompute: false }, here, 0, line.blocks.length);
      const microBatchNs = costs.forwardNs + costs.backwardNs;
      const updateNs = jobNs(host, costs.flops.update, 1, costs.updateProfile);
      rate = training.batch / ((training.microBatches * microBatchNs + updateNs) / 1e9);
      rates.set(host, rate);
    }
    alone += rate;
    flopsPerSecond += host.speedFlopsPerSecond;
  }
  return {
    samplesPerSecondAlone: alone / hosts.length,
    flopsPerSample: gradientFlops(line.blocks, samples) / samples,
    flopsPerSecond,
  };
}
