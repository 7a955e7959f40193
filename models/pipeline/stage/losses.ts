/**
 * The losses that the first stage gets. An iteration is reported once its update is done and all its losses have
 * come. They may come in any order, and are added in the order of micro-batches.
 */
import { NOTES, type IterationNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';

export class Losses {
  private readonly training: TrainingSpec;
  private readonly note: (name: string, value: IterationNote) => void;
  /** Of each iteration that is not reported yet: losses by micro-batch. */
  private readonly received = new Map<number, Map<number, number>>();
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

  /** A loss comes once; any other is an error. */
  add(iteration: number, microBatch: number, lossSum: number | null): void {
    let losses = this.received.get(iteration);
    if (losses === undefined) this.received.set(iteration, (losses = new Map()));
    if (iteration < this.reported || losses.has(microBatch))
      throw new Error(`the loss of ${iteration}/${microBatch} came a second time`);
    losses.set(microBatch, lossSum ?? 0);
    this.report();
  }

  /** The first stage has made an update. */
  update(): void {
    this.updated++;
    this.report();
  }

  private report(): void {
    const { microBatches, batch, numerics } = this.training;
    const losses = this.received.get(this.reported);
    if (losses === undefined || losses.size < microBatches || this.updated <= this.reported) return;
    const iteration = this.reported++;
    this.received.delete(iteration);
    let sum = 0;
    for (let microBatch = 0; microBatch < microBatches; microBatch++)
      sum += losses.get(microBatch)!;
    const loss = numerics === 'cost' ? null : sum / batch;
    this.note(NOTES.iteration, { iteration, samples: this.reported * batch, loss });
  }
}
