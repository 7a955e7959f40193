/**
 * The last position's meeting place of forwards that are done and labels that have come: only with both can a
 * backward begin. Both come in the same order, so the two heads match or one of them is missing.
 */
import type { Carry } from '../../learning/carry.ts';
import type { Task } from './stage-job.ts';

interface Labelled {
  readonly iteration: number;
  readonly microBatch: number;
  readonly labels: Uint8Array | null;
}

export class LabelDesk {
  private readonly labelled: Labelled[] = [];
  private readonly forwarded: Task[] = [];

  get waitsForLabels(): boolean {
    return this.forwarded.length > 0;
  }

  /** Labels of a micro-batch have come; gives the backward they release, if any. */
  label(iteration: number, microBatch: number, labels: Uint8Array | null): Task | null {
    this.labelled.push({ iteration, microBatch, labels });
    return this.match();
  }

  /** The last forward of a micro-batch is done; gives the backward it releases, if any. */
  forward(iteration: number, microBatch: number, carry: Carry | null): Task | null {
    this.forwarded.push({ iteration, microBatch, carry });
    return this.match();
  }

  private match(): Task | null {
    if (this.labelled.length === 0 || this.forwarded.length === 0) return null;
    const { labels, iteration, microBatch } = this.labelled.shift()!;
    const forwarded = this.forwarded.shift()!;
    if (forwarded.iteration !== iteration || forwarded.microBatch !== microBatch)
      throw new Error(
        `labels of ${iteration}/${microBatch} met the logits of ` +
          `${forwarded.iteration}/${forwarded.microBatch}`,
      );
    return { ...forwarded, labels };
  }
}
