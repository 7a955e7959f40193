/**
 * The buckets that gradients are summed in, in the order in which the backward pass makes them: the first is of the last
 * layers. It knows no node and no message.
 */
import type { JobProfile } from '../../engine/world.ts';
import { blockFlops } from './block-flops.ts';
import { passProfile } from './job-profiles.ts';
import type { Block, ModelLine } from './line.ts';
import type { Share } from '../learning/shares.ts';

export interface Bucket {
  /** Blocks [low, high) of the line. */
  readonly blocks: Share;
  /** Elements [low, high) of what is summed: parameters, and behind the last of them the loss. */
  readonly elements: Share;
}

/** A job of the pass over so many samples. */
export interface Pass {
  readonly flops: number;
  readonly profile: JobProfile;
}

/** Buckets of at least so many elements, but for the last; a block is in one of them. */
export function bucketsOf(line: ModelLine, leastElements: number): Bucket[] {
  const { blocks, parameters, parameterOffsets } = line;
  const buckets: Bucket[] = [];
  let high = blocks.length;
  let end = parameters + 1;
  for (let low = high - 1; low >= 0; low--) {
    const from = parameterOffsets[low];
    if (low > 0 && Math.min(end, parameters) - from < leastElements) continue;
    buckets.push({ blocks: { low, high }, elements: { low: from, high: end } });
    [high, end] = [low, from];
  }
  return buckets;
}

/** The jobs that make the gradient of so many samples, a bucket each; the forward pass is in the first. */
export function passesOf(
  { blocks }: ModelLine,
  buckets: readonly Bucket[],
  samples: number,
): Pass[] {
  const overheadOf = (some: readonly Block[]) =>
    some.reduce((sum, { overheadNs = 0 }) => sum + overheadNs, 0);
  const forward = blocks.reduce((sum, block) => sum + blockFlops(block, samples).forward, 0);
  return buckets.map(({ blocks: { low, high } }, bucket) => {
    const own = blocks.slice(low, high);
    const backward = own.reduce((sum, block) => {
      const { inputGradient, weightGradient } = blockFlops(block, samples);
      return sum + inputGradient + weightGradient;
    }, 0);
    const isFirst = bucket === 0;
    const overheadNs = overheadOf(own) + (isFirst ? overheadOf(blocks) : 0);
    const flops = backward + (isFirst ? forward : 0);
    return { flops, profile: passProfile(samples, overheadNs) };
  });
}
