/**
 * The state that the servers of a shard keep alike: the weights, their optimizer, and what has been applied. The same
 * updates in the same order give the same bits at each of them (PROTOCOLS D). Knows no node, message or time.
 */
import type { FloatArray } from '../../../learning/float-array.ts';
import type { SegmentState } from '../../../learning/segment-state.ts';
import type { IterationNote } from '../../../spec/notes.ts';
import type { TrainingSpec } from '../../../spec/training.ts';
import { AppliedShares } from './applied-shares.ts';
import type { WorkItem } from '../work-item.ts';
import { nothing } from '../nothing.ts';
import { ShardWeights } from './shard-weights.ts';

/**
 * One optimizer step. Updates are numbered by the gradients in them, so that the number of one is how many are in the
 * weights before it; the sum of all shares of an iteration counts as one.
 */
export interface Update {
  readonly number: number;
  /** The gradients that it is made of; null for the sum of all shares of the next iteration. */
  readonly items: readonly WorkItem[] | null;
  /** Samples that the gradient is made of. */
  readonly samples: number;
  /** Null under `numerics: 'cost'`. */
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
}

const NONE: readonly IterationNote[] = [];

/** How far an update takes the number of gradients. */
export function sizeOf({ items }: Update): number {
  return items === null ? 1 : items.length;
}

/** An update with a gradient of its own. */
export function copyUpdate(update: Update): Update {
  return { ...update, gradient: update.gradient?.slice() ?? null };
}

/** The whole state as plain data. */
export interface ShardSnapshot {
  readonly steps: number;
  readonly samples: number;
  /** Loss and samples since the last iteration was counted. */
  readonly lossSum: number;
  readonly lossSamples: number;
  readonly applied: readonly number[];
  /** Null under `numerics: 'cost'`. */
  readonly weights: SegmentState | null;
  /** The weights before the last update, where they are kept. */
  readonly before: FloatArray | null;
}

/** The state that the weights of a seed begin with. */
export function initialSnapshot(weights: SegmentState | null): ShardSnapshot {
  const counts = { steps: 0, samples: 0, lossSum: 0, lossSamples: 0, applied: [0] };
  return { ...counts, weights, before: null };
}

/** What is the same for all states of a run. */
export interface ShardStateSettings {
  readonly training: TrainingSpec;
  /** An iteration is counted after so many gradients. */
  readonly updatesPerIteration: number;
  /** Whether it can serve the weights before the last update too. */
  readonly keepsBefore: boolean;
}

export class ShardState {
  /** Gradients in its updates. */
  steps: number;
  /** Where updates are not of whole iterations. */
  readonly applied: AppliedShares;
  readonly weights: ShardWeights | null;
  /** The weights before the last update, where they are kept. */
  before: FloatArray | null;
  private readonly settings: ShardStateSettings;
  private samples: number;
  /** Loss and samples since the last iteration was counted. */
  private lossSum: number;
  private lossSamples: number;

  /** Takes the arrays of the snapshot over. */
  constructor(settings: ShardStateSettings, snapshot: ShardSnapshot) {
    const { steps, samples, lossSum, lossSamples, applied, weights, before } = snapshot;
    this.settings = settings;
    this.steps = steps;
    this.samples = samples;
    this.lossSum = lossSum;
    this.lossSamples = lossSamples;
    this.applied = new AppliedShares(applied);
    this.weights = weights && new ShardWeights(settings.training, weights);
    this.before = before;
  }

  /** A copy of all of it. */
  snapshot(): ShardSnapshot {
    const { steps, samples, lossSum, lossSamples, applied, weights, before } = this;
    const counts = { steps, samples, lossSum, lossSamples, applied: applied.toList() };
    return { ...counts, weights: weights?.state() ?? null, before: before?.slice() ?? null };
  }

  /** What the job of an update does to the weights. */
  work({ gradient }: Update): () => void {
    const { weights } = this;
    return weights === null || gradient === null ? nothing : this.stepBy(weights, gradient);
  }

  private stepBy(weights: ShardWeights, gradient: FloatArray): () => void {
    const { settings } = this;
    return () => {
      if (settings.keepsBefore) this.before = weights.copy();
      weights.stepBy(gradient);
    };
  }

  /**
   * Counts an update whose work is done. Returns what there is to tell of iterations that it completes.
   * Throws a RangeError if it is not the next.
   */
  count(update: Update): readonly IterationNote[] {
    const { number, items, samples, lossSum } = update;
    if (number !== this.steps)
      throw new RangeError(`update ${number} was applied after ${this.steps} updates`);
    const { updatesPerIteration } = this.settings;
    const before = Math.floor(this.steps / updatesPerIteration);
    this.steps += sizeOf(update);
    if (items !== null)
      for (const { iteration, share } of items)
        this.applied.add(iteration * updatesPerIteration + share);
    this.samples += samples;
    this.lossSamples += samples;
    this.lossSum += lossSum ?? 0;
    const iterations = Math.floor(this.steps / updatesPerIteration);
    if (iterations === before) return NONE;
    return this.notesOf(before, iterations);
  }

  /** What there is to tell of iterations that are complete now. */
  private notesOf(first: number, end: number): readonly IterationNote[] {
    const { samples } = this;
    const loss = this.weights === null ? null : this.lossSum / this.lossSamples;
    this.lossSum = 0;
    this.lossSamples = 0;
    return Array.from({ length: end - first }, (_, k) => ({ iteration: first + k, samples, loss }));
  }
}
