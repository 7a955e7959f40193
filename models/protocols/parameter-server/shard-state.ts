/**
 * The state that the servers of a shard keep alike: the weights, their optimizer, and what has been applied. The same
 * updates in the same order give the same bits at each of them (PROTOCOLS D). Knows no node, message or time.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import type { IterationNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import { nothing } from './jobs.ts';
import type { ShardWeights } from './shard-weights.ts';

/** One optimizer step. */
export interface Update {
  /** Updates before it. */
  readonly number: number;
  readonly iteration: number;
  /** Whose gradient it is; null for the sum of all shares. */
  readonly share: number | null;
  /** Samples that the gradient is made of. */
  readonly samples: number;
  /** Null under `numerics: 'cost'`. */
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
}

export class ShardState {
  /** Updates made. */
  steps = 0;
  private samples = 0;
  /** Loss and samples since the last iteration was counted. */
  private lossSum = 0;
  private lossSamples = 0;

  constructor(
    private readonly training: TrainingSpec,
    /** An iteration is counted after so many updates. */
    private readonly updatesPerIteration: number,
    readonly weights: ShardWeights | null,
  ) {}

  /** Updates of the whole run. */
  get total(): number {
    return this.training.iterations * this.updatesPerIteration;
  }

  /** What the job of an update does to the weights. */
  work({ gradient }: Update): () => void {
    const { weights } = this;
    return weights === null || gradient === null ? nothing : () => weights.stepBy(gradient);
  }

  /**
   * Counts an update whose work is done. Returns what there is to tell of an iteration that it completes, or null.
   * Throws a RangeError if it is not the next.
   */
  count({ number, samples, lossSum }: Update): IterationNote | null {
    if (number !== this.steps)
      throw new RangeError(`update ${number} was applied after ${this.steps} updates`);
    this.steps++;
    this.samples += samples;
    this.lossSamples += samples;
    this.lossSum += lossSum ?? 0;
    if (this.steps % this.updatesPerIteration !== 0) return null;
    const loss = this.weights === null ? null : this.lossSum / this.lossSamples;
    this.lossSum = 0;
    this.lossSamples = 0;
    return { iteration: this.steps / this.updatesPerIteration - 1, samples: this.samples, loss };
  }
}
