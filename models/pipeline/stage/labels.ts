/**
 * Matches forwards and labels at the last stage: only with both can a backward begin. A schedule may take micro-batches
 * in any order.
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
    const forwarded = takeSame(this.forwarded, labelled);
    if (forwarded !== null) return backwardOf(forwarded, labelled);
    this.labelled.push(labelled);
    return null;
  }

  /** The last forward of a micro-batch is done; returns the backward it releases, if any. */
  forward(forwarded: Task): Task | null {
    const labelled = takeSame(this.labelled, forwarded);
    if (labelled !== null) return backwardOf(forwarded, labelled);
    this.forwarded.push(forwarded);
    return null;
  }
}

function backwardOf({ iteration, microBatch, carry }: Task, { labels }: Task): Task {
  return taskOf(iteration, microBatch, carry, labels);
}

/** Removes and returns the task of the same micro-batch; null if it is not there. */
function takeSame(tasks: Task[], { iteration, microBatch }: Task): Task | null {
  const at = tasks.findIndex(
    (task) => task.microBatch === microBatch && task.iteration === iteration,
  );
  if (at < 0) return null;
  return at === 0 ? tasks.shift()! : tasks.splice(at, 1)[0];
}
