/**
 * Many runs of the same work in one table, a row a run: what people compare protocols by. Runs that fit side by side in
 * the summary table need none.
 */
import {
  ABSENT,
  formatBytes,
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
} from '../engine/format.ts';
import type { Summary } from './summary.ts';

const GAP = '  ';
/** So many and fewer are compared by looking. */
const FEW = 3;

interface Column {
  /** Two lines. */
  readonly heading: readonly [string, string];
  /** Null where the run has no such figure. */
  cell(summary: Summary): string | null;
}

type Value = (summary: Summary) => number | null | undefined;

function column(
  above: string,
  below: string,
  of: Value,
  format: (value: number) => string,
): Column {
  return {
    heading: [above, below],
    cell: (summary) => {
      const value = of(summary);
      return value === null || value === undefined ? null : format(value);
    },
  };
}

const samplesRate = (rate: number) => formatRate(rate, '');

function columnsOf(summaries: readonly Summary[]): Column[] {
  const accuracy = summaries.find(({ training }) => training.target)?.training.target?.accuracy;
  const target = accuracy === undefined ? 'target' : `${formatShare(accuracy)}`;
  const columns: Column[] = [
    { heading: ['', ''], cell: ({ label }) => label },
    column('an', 'iteration', ({ training }) => training.iterationSeconds, formatSeconds),
    column('rate of', 'samples', ({ training }) => training.samplesPerSecond, samplesRate),
    column('time to', target, ({ training }) => training.target?.seconds, formatSeconds),
    column('samples', 'until then', ({ training }) => training.target?.samples, formatCount),
    column('waiting,', 'mean', ({ waiting }) => waiting.mean, formatShare),
    column('', 'max', ({ waiting }) => waiting.max, formatShare),
    column('bytes a', 'node, max', ({ network }) => network.bytesPerNodeMax, formatBytes),
    column('memory', 'a node, max', ({ memory }) => memory.peakBytesMax, formatMemory),
    column('staleness,', 'mean', (run) => ofUpdates(run, run.staleness.mean), formatFigure),
    column('', 'max', (run) => ofUpdates(run, run.staleness.max), formatCount),
  ];
  return columns.filter(
    ({ cell, heading: [above, below] }) =>
      above + below === '' || summaries.some((summary) => cell(summary) !== null),
  );
}

function ofUpdates({ staleness }: Summary, value: number): number | null {
  return staleness.count > 0 ? value : null;
}

/** Lines of text without a final line break; empty where the runs are few. Columns that no run has are left out. */
export function comparisonTable(summaries: readonly Summary[]): string {
  if (summaries.length <= FEW) return '';
  const cells = columnsOf(summaries).map(({ heading, cell }) => [
    ...heading,
    ...summaries.map((summary) => cell(summary) ?? ABSENT),
  ]);
  const widths = cells.map((texts) => Math.max(...texts.map(({ length }) => length)));
  const lines = cells[0].map((_none, line) =>
    cells
      .map((texts, at) =>
        at === 0 ? texts[line].padEnd(widths[at]) : texts[line].padStart(widths[at]),
      )
      .join(GAP)
      .trimEnd(),
  );
  return lines.join('\n');
}
