/** Nothing to pay: what `run` of a job is when there are no tensors. */
export function nothing(): void {}
