/** One gradient to compute: that of a share of the batch of an iteration. */
export interface WorkItem {
  readonly iteration: number;
  readonly share: number;
}
