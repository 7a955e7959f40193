/**
 * What the passes of a block cost for a batch of so many samples: the only place where samples become operations. The
 * input gradient and the weight gradient are the two halves of the backward pass, which schedules may run apart.
 */
import type { BatchFlops } from '../spec/model.ts';
import type { Block } from './line.ts';

export type PassFlops = Omit<BatchFlops, 'samples'>;

/** Operations of the passes of that block for that many samples. */
export function blockFlops(block: Block, samples: number): PassFlops {
  if (block.measured !== undefined) return measuredFlops(block.measured, samples);
  const { forwardFlops, backwardFlops, weightGradientFlops } = block;
  return {
    forward: samples * forwardFlops,
    inputGradient: samples * (backwardFlops - weightGradientFlops),
    weightGradient: samples * weightGradientFlops,
  };
}

/**
 * Between two measured batches a pass costs what the line between them says; beyond the smallest and the largest as
 * much a sample as there.
 * @param rows in order of samples, at least one
 */
function measuredFlops(rows: readonly BatchFlops[], samples: number): PassFlops {
  const above = rows.findIndex((row) => row.samples >= samples);
  const last = above < 0 ? rows[rows.length - 1] : rows[above];
  const first = above > 0 ? rows[above - 1] : last;
  // As weights of the two rows: proportional where they are the same.
  const of =
    first === last
      ? [0, samples / last.samples]
      : [last.samples - samples, samples - first.samples].map(
          (distance) => distance / (last.samples - first.samples),
        );
  const mean = (pass: keyof PassFlops) => of[0] * first[pass] + of[1] * last[pass];
  return {
    forward: mean('forward'),
    inputGradient: mean('inputGradient'),
    weightGradient: mean('weightGradient'),
  };
}

/** Operations of forward and backward through those blocks, for that many samples. */
export function gradientFlops(blocks: readonly Block[], samples: number): number {
  return blocks.reduce((sum, block) => {
    const { forward, inputGradient, weightGradient } = blockFlops(block, samples);
    return sum + forward + inputGradient + weightGradient;
  }, 0);
}

/** What that part of a layer costs of what was measured of all of it. */
export function partOf(row: BatchFlops, part: number): BatchFlops {
  return {
    samples: row.samples,
    forward: row.forward * part,
    inputGradient: row.inputGradient * part,
    weightGradient: row.weightGradient * part,
  };
}
