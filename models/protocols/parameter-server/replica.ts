/**
 * The state that a head and its standbys keep alike: the weights, their optimizer, and what has been applied. The same
 * entries in the same order give the same bits at each of them (PROTOCOLS D). Knows no node, message or time.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { IterationNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import { nothing } from './jobs.ts';
import type { ShardWeights } from './shard-weights.ts';
import { shareOf } from '../../learning/shares.ts';

export type Mode = 'bsp' | 'asp';

/** One update. */
export interface ReplicaEntry {
  /** Updates before it. */
  readonly number: number;
  /** Whose gradient it is; null for the sum of all shares. */
  readonly share: number | null;
  readonly clock: number;
  /** Null under `numerics: 'cost'`, and for a gradient that is lost. */
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
  /** True for a gradient that was lost with its worker: it counts, but changes nothing. */
  readonly lost: boolean;
}

/** The whole state as plain data. */
export interface ReplicaState {
  readonly steps: number;
  /** By share: gradients applied or lost. */
  readonly clocks: readonly number[];
  readonly samples: number;
  /** Loss and samples since the last iteration was counted. */
  readonly lossSum: number;
  readonly lossSamples: number;
  /** Null under `numerics: 'cost'`. */
  readonly weights: SegmentState | null;
}

/** An entry with a gradient of its own. */
export function copyEntry(entry: ReplicaEntry): ReplicaEntry {
  return { ...entry, gradient: entry.gradient?.slice() ?? null };
}

export class Replica {
  /** Updates made. */
  steps = 0;
  private clocks: number[];
  private samples = 0;
  private lossSum = 0;
  private lossSamples = 0;

  constructor(
    readonly mode: Mode,
    private readonly workers: number,
    private readonly training: TrainingSpec,
    readonly weights: ShardWeights | null,
  ) {
    this.clocks = new Array<number>(workers).fill(0);
  }

  /** Updates of the whole run. */
  get total(): number {
    return this.training.iterations * (this.mode === 'bsp' ? 1 : this.workers);
  }

  /** Gradients of a share that have been applied or are lost. */
  clockOf(share: number): number {
    return this.mode === 'bsp' ? this.steps : this.clocks[share];
  }

  /** The iteration that update `number` belongs to. */
  iterationOf(number: number): number {
    return this.mode === 'bsp' ? number : Math.floor(number / this.workers);
  }

  /** Samples of a share. */
  sizeOf(share: number): number {
    const { low, high } = shareOf(this.training.batch, this.workers, share);
    return high - low;
  }

  /** What the job of an entry does to the weights. */
  work({ gradient }: ReplicaEntry): () => void {
    const { weights } = this;
    return weights === null || gradient === null ? nothing : () => weights.stepBy(gradient);
  }

  /** Counts an entry whose work is done. Returns what there is to tell of an iteration that it completes, or null. */
  settle(entry: ReplicaEntry): IterationNote | null {
    if (entry.number !== this.steps)
      throw new RangeError(`update ${entry.number} was applied after ${this.steps} updates`);
    this.steps++;
    const size = entry.share === null ? this.training.batch : this.sizeOf(entry.share);
    if (entry.share !== null) this.clocks[entry.share] = entry.clock + 1;
    if (!entry.lost) {
      this.samples += size;
      this.lossSamples += size;
      this.lossSum += entry.lossSum ?? 0;
    }
    if (this.mode === 'asp' && this.steps % this.workers !== 0) return null;
    const known = this.weights !== null && this.lossSamples > 0;
    const loss = known ? this.lossSum / this.lossSamples : null;
    this.lossSum = 0;
    this.lossSamples = 0;
    return { iteration: this.iterationOf(this.steps) - 1, samples: this.samples, loss };
  }

  /** A copy of all of it. */
  snapshot(): ReplicaState {
    const { steps, samples, lossSum, lossSamples, weights } = this;
    const clocks = this.clocks.slice();
    return { steps, clocks, samples, lossSum, lossSamples, weights: weights?.state() ?? null };
  }

  /** Goes on from a state of another's, which it takes over. */
  restore(state: ReplicaState): void {
    this.steps = state.steps;
    this.clocks = state.clocks.slice();
    this.samples = state.samples;
    this.lossSum = state.lossSum;
    this.lossSamples = state.lossSamples;
    if (this.weights !== null && state.weights !== null) this.weights.restore(state.weights);
  }
}
