/** What the parts of a trace share: a moment with its events, and which row of the picture belongs to whom. */

/** Text of one or more events, and when they happen. */
export interface Moment {
  readonly timeNs: number;
  readonly events: object[];
}

/** Row of a node's jobs; the one after it holds its messages. Rows count from 1: some viewers hide 0. */
export function jobRow(node: number): number {
  return 2 * node + 1;
}
