/**
 * The summary table: a row a figure, a column a protocol. A missing figure shows as `-`; rows that no run has are
 * left out. It fits 80 columns: further protocols go below, not beside.
 */
import { rowsOf, type Row } from './table-rows.ts';
import type { Summary } from './summary.ts';

const TABLE_WIDTH = 80;
const GAP = '  ';

/** Lines of text without a final line break; no line is longer than `width` when one column fits in it. */
export function summaryTable(summaries: readonly Summary[], width = TABLE_WIDTH): string {
  const groups = rowsOf(summaries);
  const rows = groups.flat();
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const widths = summaries.map((_summary, column) =>
    Math.max(...rows.map((row) => row.cells[column].length)),
  );
  return columnBlocks(widths, width - labelWidth)
    .map((columns) =>
      groups
        .map((group) => group.map((row) => lineOf(row, labelWidth, columns, widths)).join('\n'))
        .join('\n\n'),
    )
    .join('\n\n\n');
}

/** Splits the columns into runs that fit beside the labels; at least one column a run. */
function columnBlocks(widths: readonly number[], room: number): number[][] {
  const blocks: number[][] = [];
  let left = 0;
  for (const [column, width] of widths.entries()) {
    const needed = GAP.length + width;
    if (blocks.length === 0 || needed > left) {
      blocks.push([]);
      left = room;
    }
    blocks[blocks.length - 1].push(column);
    left -= needed;
  }
  return blocks;
}

function lineOf(
  row: Row,
  labelWidth: number,
  columns: readonly number[],
  widths: readonly number[],
): string {
  const cells = columns.map((column) => GAP + row.cells[column].padStart(widths[column]));
  return (row.label.padEnd(labelWidth) + cells.join('')).trimEnd();
}
