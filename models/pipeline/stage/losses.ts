/** The losses as the first stage hears of them: an iteration is told of once its update is done and all have come. */
import { NOTES, type IterationNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';

export class Losses {
  private readonly training: TrainingSpec;
  private readonly note: (name: string, value: IterationNote) => void;
  private sum = 0;
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

  /** Losses come in the order of the line's work; any other order is an error. */
  add(iteration: number, microBatch: number, lossSum: number | null): void {
    const { microBatches } = this.training;
    const due = this.told * microBatches + this.received;
    if (iteration * microBatches + microBatch !== due)
      throw new Error(
        `the loss of ${iteration}/${microBatch} came, ` +
          `that of ${this.told}/${this.received} would be next`,
      );
    this.sum += lossSum ?? 0;
    this.received++;
    this.tell();
  }

  /** The first stage has made one more update. */
  update(): void {
    this.updated++;
    this.tell();
  }

  private tell(): void {
    const { microBatches, batch, numerics } = this.training;
    if (this.received < microBatches || this.updated <= this.told) return;
    const iteration = this.told++;
    const loss = numerics === 'cost' ? null : this.sum / batch;
    this.sum = 0;
    this.received = 0;
    this.note(NOTES.iteration, { iteration, samples: this.told * batch, loss });
  }
}
