/**
 * One forward and one backward in turn, with any number of chunks a rank: 1F1B and interleaved 1F1B (Narayanan et al., SC
 * 2021, section 2.2), and ZB1P (Qi et al., ICLR 2024), which splits backwards and puts weight gradients off.
 */
import type { Action } from './actions.ts';
import { type Design, inLoops } from './design.ts';
import type { Cell, Row } from './table/table.ts';

export interface Alternation {
  readonly ranks: number;
  readonly microBatches: number;
  readonly chunks: number;
  /** Forwards that a rank is ahead of the one behind it when its first backward comes. */
  readonly lead: number;
  /** Whether weight gradients are apart: rank r then makes each r input gradients late. */
  readonly splits: boolean;
}

export function alternation(terms: Alternation): Design {
  const { ranks, chunks } = terms;
  return { ranks: inLoops(ranks, chunks), row: (rank) => rowOf(terms, rank) };
}

/**
 * Chunks take micro-batches in groups of as many as there are ranks. What an incomplete last group lacks is left out:
 * other micro-batches do not wait for it.
 */
function rowOf({ ranks, microBatches, chunks, lead, splits }: Alternation, rank: number): Row {
  const passes = Math.ceil(microBatches / ranks) * ranks * chunks;
  const ahead = (chunks - 1) * ranks + lead * (ranks - 1 - rank);
  const actionOf = (pass: Action['pass'], index: number, chunk: number): Action => ({
    stage: chunk * ranks + rank,
    pass,
    microBatch: Math.floor(index / (ranks * chunks)) * ranks + (index % ranks),
  });
  const chunkOf = (index: number) => Math.floor(index / ranks) % chunks;
  const forward = (index: number) => actionOf('forward', index, chunkOf(index));
  const backward = (pass: Action['pass'], index: number) =>
    actionOf(pass, index, chunks - 1 - chunkOf(index));
  const actions: Action[] = [];
  for (let slot = 0; slot < passes + ahead + rank; slot++) {
    const index = slot - ahead;
    if (slot < passes) actions.push(forward(slot));
    if (index >= 0 && index < passes)
      actions.push(backward(splits ? 'input-gradient' : 'backward', index));
    if (splits && index >= rank) actions.push(backward('weight-gradient', index - rank));
  }
  return withoutBeyond(
    actions.map((action) => [action]),
    microBatches,
  );
}

/** The row without micro-batches of that number and more. A table stays one that can run. */
export function withoutBeyond(row: Row, microBatches: number): Row {
  return row
    .map((cell): Cell => cell.filter(({ microBatch }) => microBatch < microBatches))
    .filter((cell) => cell.length > 0);
}
