/**
 * A schedule as a table, a row a rank, and its text form, which is PyTorch's: `0F0,0F1,,(2F3;1B0)OVERLAP_F_B`. A cell has
 * an action, a pair that runs together, or nothing (PROTOCOLS H).
 */
import { parseAction, printAction, type Action } from '../actions.ts';

/** Nothing, one action, or a forward and a backward that run together, in this order. */
export type Cell = readonly Action[];

/** What one rank does in an iteration, in order. Empty cells keep the columns of a file, and mean nothing else. */
export type Row = readonly Cell[];

export type Table = readonly Row[];

const PAIR = /^\((.*);(.*)\)OVERLAP_F_B$/;

/** @throws SyntaxError with what was given and what would be right */
function parseCell(text: string): Cell {
  if (text === '') return [];
  const parts = PAIR.exec(text);
  if (parts === null) return [parseAction(text)];
  const pair = [parseAction(parts[1]), parseAction(parts[2])];
  const [first, second] = pair;
  if (first.pass === 'forward' && (second.pass === 'backward' || second.pass === 'input-gradient'))
    return pair;
  throw new SyntaxError(
    `'${text}' is no pair that can run together; a forward and a backward, such as '(0F7;7B3)OVERLAP_F_B', would be right`,
  );
}

function printCell(cell: Cell): string {
  const actions = cell.map(printAction);
  return actions.length < 2 ? actions.join('') : `(${actions.join(';')})OVERLAP_F_B`;
}

/**
 * The table of those lines. Older tables write B for the input gradient alone: B is that wherever the row has W of the
 * same micro-batch and stage too.
 * @throws SyntaxError with the rank and the column, both from 0, of a cell that is no action
 */
export function parseTable(lines: readonly string[]): Table {
  return lines.map((line, rank) => {
    const row = line.split(',').map((text, column) => {
      try {
        return parseCell(text.trim());
      } catch (error) {
        throw new SyntaxError(`${placeText({ rank, column })}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    });
    return withSplitBackwards(row);
  });
}

/** The inverse of `parseTable`, a line a rank. */
export function printTable(table: Table): string[] {
  return table.map((row) => row.map(printCell).join(','));
}

function withSplitBackwards(row: Row): Row {
  const apart = new Set<string>();
  for (const { stage, pass, microBatch } of row.flat())
    if (pass === 'weight-gradient') apart.add(`${stage}/${microBatch}`);
  const split = (action: Action): Action =>
    action.pass === 'backward' && apart.has(`${action.stage}/${action.microBatch}`)
      ? { ...action, pass: 'input-gradient' }
      : action;
  return row.map((cell) => cell.map(split));
}

/** Where a cell stands; both count from 0. */
export interface Place {
  readonly rank: number;
  readonly column: number;
}

export function placeText({ rank, column }: Place): string {
  return `rank ${rank}, column ${column} (from 0)`;
}
