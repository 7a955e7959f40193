/**
 * The losses that the first stage gets. An iteration is reported once its update is done and all its losses have
 * come.
 */
import { NOTES, type IterationNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';

export class Losses {
  private readonly training: TrainingSpec;
  private readonly note: (name: string, value: IterationNote) => void;
  private sum = 0;
  private received = 0;
  private updated: number;
  private reported: number;

  /** Starts with iteration `version`. */
  constructor(
    training: TrainingSpec,
    version: number,
    note: (name: string, value: IterationNote) => void,
  ) {
    this.training = training;
    this.note = note;
    this.updated = version;
    this.reported = version;
  }

  /** Iterations that have been reported. */
  get iterations(): number {
    return this.reported;
  }

  /** Losses come in order of iteration and micro-batch; any other order is an error. */
  add(iteration: number, microBatch: number, lossSum: number | null): void {
    const { microBatches } = this.training;
    const due = this.reported * microBatches + this.received;
    if (iteration * microBatches + microBatch !== due)
      throw new Error(
        `the loss of ${iteration}/${microBatch} came, ` +
          `that of ${this.reported}/${this.received} would be next`,
      );
    this.sum += lossSum ?? 0;
    this.received++;
    this.report();
  }

  /** The first stage has made an update. */
  update(): void {
    this.updated++;
    this.report();
  }

  private report(): void {
    const { microBatches, batch, numerics } = this.training;
    if (this.received < microBatches || this.updated <= this.reported) return;
    const iteration = this.reported++;
    const loss = numerics === 'cost' ? null : this.sum / batch;
    this.sum = 0;
    this.received = 0;
    this.note(NOTES.iteration, { iteration, samples: this.reported * batch, loss });
  }
}
