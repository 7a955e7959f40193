/**
 * Matches forwards and labels at the last stage: only with both can a backward begin. Both come in the same order, so
 * the two heads match or one of them is missing.
 */
import { taskOf, type Task } from './stage-job.ts';

export class Labels {
  private readonly labelled: Task[] = [];
  private readonly forwarded: Task[] = [];

  /** Whether a forward waits for its labels. */
  get missing(): boolean {
    return this.forwarded.length > 0;
  }

  /** Labels of a micro-batch have come; returns the backward they release, if any. */
  label(labelled: Task): Task | null {
    this.labelled.push(labelled);
    return this.match();
  }

  /** The last forward of a micro-batch is done; returns the backward it releases, if any. */
  forward(task: Task): Task | null {
    this.forwarded.push(task);
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
    return taskOf(iteration, microBatch, forwarded.carry, labels);
  }
}
