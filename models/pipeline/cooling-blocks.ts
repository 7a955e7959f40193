/** The blocks of a segment of the line, as cooling sees them. */
import { blockFlops } from '../costs/block-flops.ts';
import type { ModelLine } from '../costs/line.ts';
import type { CoolingBlock } from '../learning/cooling.ts';
import { parameterCosts } from '../spec/parameter-costs.ts';
import type { TrainingSpec } from '../spec/training.ts';

export function coolingBlocks(
  { blocks, parameterOffsets }: ModelLine,
  training: TrainingSpec,
  low: number,
  high: number,
): CoolingBlock[] {
  const { updateFlops } = parameterCosts(training);
  const samples = training.batch / training.microBatches;
  let neurons = 0;
  return blocks.slice(low, high).map((block, k) => {
    const first = neurons;
    neurons += block.high - block.low;
    const from = parameterOffsets[low + k] - parameterOffsets[low];
    return {
      low: first,
      high: neurons,
      from,
      to: from + block.parameters,
      gradientFlops: blockFlops(block, samples).weightGradient,
      updateFlops: updateFlops * block.parameters,
    };
  });
}
