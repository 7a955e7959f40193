/** What the CSV reports share: rows of several runs under one header, told apart by their protocol. */
import { stringify } from 'csv-stringify/sync';
import type { ReportInput } from './report-input.ts';

export type Cell = string | number | null;

/** One column: its header and its cell. `null` prints as an empty cell. */
export interface Column<Row> {
  readonly header: string;
  cell(row: Row): Cell;
}

/**
 * CSV text with a header row. With several runs a first column `protocol` holds their labels.
 * `rowsOf` gives the rows of one run; the columns are the same for all.
 */
export function csvText<Row>(
  runs: readonly ReportInput[],
  columns: readonly Column<Row>[],
  rowsOf: (run: ReportInput) => readonly Row[],
): string {
  const several = runs.length > 1;
  const header = columns.map((column) => column.header);
  const records = runs.flatMap((run) =>
    rowsOf(run).map((row) => {
      const cells = columns.map((column) => column.cell(row));
      return several ? [run.scenario.label, ...cells] : cells;
    }),
  );
  return stringify([several ? ['protocol', ...header] : header, ...records]);
}

/** `busyNs` becomes `modelledBusyNs`: modelled and measured times never share a column. */
export function timeColumn(kind: 'modelled' | 'measured', name: string): string {
  return kind + name[0].toUpperCase() + name.slice(1);
}
