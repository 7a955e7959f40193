/** Shared by the CSV reports: the rows of all runs under one header, told apart by their protocol. */
import { stringify } from 'csv-stringify/sync';
import type { ReportInput } from './report-input.ts';

type Cell = string | number | null;

/** One column: its header and its cell. `null` prints as an empty cell. */
export interface Column<Row> {
  readonly header: string;
  cell(row: Row): Cell;
}

/** Rows turned into text at a time: with a million rows, neither all cells nor all text should be in memory at once. */
const ROWS_AT_ONCE = 1024;

/**
 * CSV text with a header row, in pieces. The first column, `protocol`, holds the label of the run, so that files of
 * one and of several runs have the same shape. A text that a spreadsheet would take for a formula begins with an
 * apostrophe. `rowsOf` gives the rows of one run; the columns are the same for all.
 */
export function* csvText<Row>(
  runs: readonly ReportInput[],
  columns: readonly Column<Row>[],
  rowsOf: (run: ReportInput) => Iterable<Row>,
): Generator<string> {
  let records: Cell[][] = [['protocol', ...columns.map((column) => column.header)]];
  for (const run of runs) {
    for (const row of rowsOf(run)) {
      records.push([run.scenario.label, ...columns.map((column) => column.cell(row))]);
      if (records.length < ROWS_AT_ONCE) continue;
      yield stringify(records, { escape_formulas: true });
      records = [];
    }
  }
  if (records.length > 0) yield stringify(records, { escape_formulas: true });
}

/** `busyNs` becomes `modelledBusyNs`: modelled and measured times never share a column. */
export function timeColumn(kind: 'modelled' | 'measured', name: string): string {
  return kind + name[0].toUpperCase() + name.slice(1);
}
