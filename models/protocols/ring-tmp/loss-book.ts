/**
 * Position 0's book of losses: an iteration is told of once its update is done and all its losses have come. Where
 * position 0 has been made anew, those of the next may have come by then: its micro-batches had been begun before.
 */
import { NOTES, type IterationNote } from '../../notes.ts';
import type { TrainingSpec } from '../../training.ts';

export class LossBook {
  private readonly training: TrainingSpec;
  private readonly note: (name: string, value: IterationNote) => void;
  /** By iteration, from the first that has not been told of. */
  private readonly sums: number[] = [];
  /** Losses of these. */
  private received = 0;
  private updated: number;
  private told: number;

  /** Begins with the losses of iteration `version`. */
  constructor(
    training: TrainingSpec,
    version: number,
    note: (name: string, value: IterationNote) => void,
  ) {
    this.training = training;
    this.note = note;
    this.updated = version;
    this.told = version;
  }

  /** Iterations of the run that have been told of. */
  get iterations(): number {
    return this.told;
  }

  /** Losses that have come since the start of the run. */
  get losses(): number {
    return this.told * this.training.microBatches + this.received;
  }

  /** Losses come in the order of the line's work; any other order is an error. */
  add(iteration: number, microBatch: number, lossSum: number | null): void {
    const { microBatches } = this.training;
    const due = this.told * microBatches + this.received;
    if (iteration * microBatches + microBatch !== due)
      throw new Error(
        `the loss of ${iteration}/${microBatch} came, ` +
          `that of ${Math.floor(due / microBatches)}/${due % microBatches} would be next`,
      );
    const ahead = Math.floor(this.received / microBatches);
    this.sums[ahead] = (this.sums[ahead] ?? 0) + (lossSum ?? 0);
    this.received++;
    this.tell();
  }

  /** Position 0 has made one more update. */
  update(): void {
    this.updated++;
    this.tell();
  }

  private tell(): void {
    const { microBatches, batch, numerics } = this.training;
    if (this.received < microBatches || this.updated <= this.told) return;
    const iteration = this.told++;
    const sum = this.sums.shift()!;
    const loss = numerics === 'cost' ? null : sum / batch;
    this.received -= microBatches;
    this.note(NOTES.iteration, { iteration, samples: this.told * batch, loss });
  }
}
