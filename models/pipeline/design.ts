/** What a schedule is made of: on which rank each stage of the line is, and what each rank does in an iteration. */
import type { Row } from './table/table.ts';

/** The work that a design is made for. */
export interface DesignTerms {
  readonly ranks: number;
  readonly microBatches: number;
}

export interface Design {
  /** The rank of each stage, in line order. */
  readonly ranks: readonly number[];
  row(rank: number): Row;
}

/** Every rank has that many chunks of the line: stage s is on rank s mod p. */
export function inLoops(ranks: number, chunks: number): number[] {
  return Array.from({ length: ranks * chunks }, (_, stage) => stage % ranks);
}

/** Two chunks a rank: the line goes down the ranks and comes back, so that both its ends are on rank 0. */
export function inV(ranks: number): number[] {
  return Array.from({ length: 2 * ranks }, (_, stage) => Math.min(stage, 2 * ranks - 1 - stage));
}
