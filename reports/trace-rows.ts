/** The rows of a trace and whom they belong to. */

/** Rows of a node: its jobs, its waiting, its messages. They count from 1: some viewers hide 0. */
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
