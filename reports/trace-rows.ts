/** What the parts of a trace share: which row of the picture belongs to whom. */

/** Rows of a node: its jobs, what it waits for, its messages. They count from 1: some viewers hide 0. */
const ROWS_A_NODE = 3;

export function jobRow(node: number): number {
  return ROWS_A_NODE * node + 1;
}

export function waitingRow(node: number): number {
  return jobRow(node) + 1;
}

export function messageRow(node: number): number {
  return jobRow(node) + 2;
}
