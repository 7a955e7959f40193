/**
 * `iterations.csv`: a row an iteration: when it ended, what had been learnt and sent by then. Columns that count from the
 * start of the run say so in their names.
 */
import { csvText, timeColumn, type Column } from './csv.ts';
import { timeKind, type IterationFigures, type ReportInput } from './report-input.ts';

/** The iterations of runs of one world, in the order of the runs. Figures that were not computed are empty. */
export function iterationsCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<IterationFigures>[] = [
    { header: 'iteration', cell: (row) => row.iteration },
    {
      header: timeColumn(timeKind(runs[0]?.world ?? 'simulated'), 'endSeconds'),
      cell: (row) => row.timeNs / 1e9,
    },
    { header: 'cumulativeSamples', cell: (row) => row.samples },
    { header: 'loss', cell: (row) => row.loss },
    { header: 'testLoss', cell: (row) => row.testLoss },
    { header: 'accuracy', cell: (row) => row.accuracy },
    { header: 'cumulativeBytes', cell: (row) => row.bytes ?? null },
  ];
  return csvText(runs, columns, ({ training }) => training.iterations);
}
