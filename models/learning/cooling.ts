/**
 * Prioritised updates (PROTOCOLS A.4): a block whose updates have become small gets none for a while. Each owner decides
 * that by itself, from its own weights.
 */
import type { FloatArray } from './float-array.ts';
import type { SegmentState } from './segment-state.ts';

export interface CoolingRule {
  /** An update is small below that: the norm of the change over that of the weights, averaged with those before. */
  readonly threshold: number;
  /** So many small ones in a row, and the block cools. */
  readonly patience: number;
  /** Most iterations that it then rests before the next try. */
  readonly longest: number;
}

/** A run of neurons, counted from the first of its segment. */
export interface NeuronRun {
  readonly low: number;
  readonly high: number;
}

/** A block of a segment, and what an iteration saves where it rests. */
export interface CoolingBlock extends NeuronRun {
  /** Its parameters in the segment's slice. */
  readonly from: number;
  readonly to: number;
  /** Operations of its weight gradient for a micro-batch, and of its update. */
  readonly gradientFlops: number;
  readonly updateFlops: number;
}

/** What is known of one block. */
interface Heat {
  /** The average of its relative changes; null before the first. */
  change: number | null;
  small: number;
  /** Iterations of its next rest, and those left of the present one. */
  rest: number;
  left: number;
}

/** Keeps an average from being undefined where all weights are 0. */
const TINY = 1e-12;

export class Cooling {
  private readonly rule: CoolingRule;
  private readonly blocks: readonly CoolingBlock[];
  private readonly heats: readonly Heat[];
  /** Runs of neurons whose blocks get an update in this iteration, in order. */
  active: readonly NeuronRun[];
  /** Blocks that rest in it, by their number in the segment. */
  resting: readonly number[] = [];
  /** Operations that they save, in a backward pass and in the update. */
  saved = { gradientFlops: 0, updateFlops: 0 };

  constructor(rule: CoolingRule, blocks: readonly CoolingBlock[]) {
    this.rule = rule;
    this.blocks = blocks;
    this.heats = blocks.map(() => ({ change: null, small: 0, rest: 1, left: 0 }));
    this.active = blocks;
  }

  /** The segment has made an update of all. Undoes that of blocks that rest, slots and all, and judges the others. */
  updated(before: SegmentState, after: SegmentState): void {
    for (const [k, block] of this.blocks.entries()) {
      const heat = this.heats[k];
      if (heat.left > 0) {
        restore(before, after, block);
        heat.left--;
      } else this.judge(heat, relativeChange(before.parameters, after.parameters, block));
    }
    this.resting = this.blocks.flatMap((_, k) => (this.heats[k].left > 0 ? [k] : []));
    this.active = this.blocks.filter((_, k) => this.heats[k].left === 0);
    const sum = (of: 'gradientFlops' | 'updateFlops') =>
      this.resting.reduce((flops, k) => flops + this.blocks[k][of], 0);
    this.saved = { gradientFlops: sum('gradientFlops'), updateFlops: sum('updateFlops') };
  }

  /** After a rest a block gets one update to try: it rests twice as long if that is small too. */
  private judge(heat: Heat, change: number): void {
    heat.change = heat.change === null ? change : (heat.change + change) / 2;
    if (heat.change >= this.rule.threshold) {
      heat.small = 0;
      heat.rest = 1;
      return;
    }
    heat.small++;
    if (heat.small < this.rule.patience) return;
    heat.left = heat.rest;
    heat.rest = Math.min(2 * heat.rest, this.rule.longest);
  }
}

function restore(before: SegmentState, after: SegmentState, { from, to }: CoolingBlock): void {
  for (const slot of ['parameters', 'first', 'second'] as const)
    if (after[slot].length > 0) after[slot].set(before[slot].subarray(from, to), from);
}

/** Sums ascending, in double precision whatever that of the weights. */
function relativeChange(before: FloatArray, after: FloatArray, { from, to }: CoolingBlock): number {
  let [changed, weights] = [0, 0];
  for (let k = from; k < to; k++) {
    const difference = after[k] - before[k];
    changed += difference * difference;
    weights += before[k] * before[k];
  }
  return Math.sqrt(changed) / (Math.sqrt(weights) + TINY);
}
