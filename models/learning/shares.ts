/**
 * How a global batch is divided among workers. It knows nothing of messages or time, so that the server, the workers
 * and the sequential reference divide it alike.
 */

/** Samples [low, high) of a batch, counted from the batch's first. */
export interface Share {
  readonly low: number;
  readonly high: number;
}

/**
 * The share of one worker: contiguous, in worker order, near-equal. The first `batch mod workers` workers get
 * one sample more than the others, so the shares of all workers cover the batch once.
 */
export function shareOf(batch: number, workers: number, worker: number): Share {
  const least = Math.floor(batch / workers);
  const longer = batch % workers;
  const low = worker * least + Math.min(worker, longer);
  return { low, high: low + least + (worker < longer ? 1 : 0) };
}

/** How many samples the shares of so many workers have: one number, or two that follow each other. */
export function shareSizes(batch: number, workers: number): number[] {
  const each = batch / Math.max(1, workers);
  const sizes = [Math.ceil(each), Math.floor(each)];
  return sizes[0] === sizes[1] ? [sizes[0]] : sizes;
}
