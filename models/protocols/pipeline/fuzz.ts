/** How tables are fuzzed: any that can run, out of order, with pairs. */
import type { Chance } from '../../claims/chance.ts';
import { alternation } from '../../pipeline/alternation.ts';
import type { DesignTerms } from '../../pipeline/design.ts';
import type { ScheduleFuzz } from '../../pipeline/fuzz.ts';
import { wrongTable } from '../../pipeline/table/check.ts';
import { type Cell, printTable } from '../../pipeline/table/table.ts';

/** Changes that are tried; about half of them leave a table that cannot run, and are undone. */
const MOST_CHANGES = 20;

/** Exchanges neighbours of a row, or has them run together. */
function change(chance: Chance, row: readonly Cell[]): Cell[] {
  const at = chance.whole(0, Math.max(0, row.length - 2));
  const [one, other = []] = row.slice(at, at + 2);
  const [first, second] = [one.at(0)?.pass, other.at(0)?.pass];
  const pairs = one.length + other.length === 2 && first === 'forward' && second === 'backward';
  const changed = pairs && chance.often(0.7) ? [[...one, ...other]] : [other, one];
  const filled = changed.filter((cell) => cell.length > 0);
  return [...row.slice(0, at), ...filled, ...row.slice(at + 2)];
}

function drawTable(chance: Chance, { ranks, microBatches }: DesignTerms): string[] {
  const chunks = chance.whole(1, 2);
  const terms = { ranks, microBatches, chunks, lead: chance.whole(1, 2) };
  const design = alternation({ ...terms, splits: chance.often(0.5) });
  let table = Array.from({ length: ranks }, (_, rank) => design.row(rank));
  for (let left = chance.whole(0, MOST_CHANGES); left > 0; left--) {
    const changing = chance.whole(0, ranks - 1);
    const changed = table.map((row, rank) => (rank === changing ? change(chance, row) : row));
    if (wrongTable(changed) === null) table = changed;
  }
  return printTable(table);
}

export const fuzzedTable: ScheduleFuzz = {
  chunks: 2,
  drawOptions: (chance, terms) => ({
    ...(chance.often(0.9) ? { schedule: { rows: drawTable(chance, terms) } } : {}),
    overlap: chance.one([0, 0.5, 1]),
  }),
};
