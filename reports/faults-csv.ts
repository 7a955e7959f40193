/** `faults.csv`: a row a fault: the nodes it hit, when it was noticed and repaired, and what it cost. */
import { csvText, timeColumn, type Column } from './csv.ts';
import { timeKind, type ReportInput } from './report-input.ts';
import { summarizeFault } from './resilience.ts';
import type { SummaryFault } from './summary.ts';

type Row = SummaryFault & { number: number };
type Time = 'struck' | 'end' | 'detected' | 'detectedAfter' | 'recovered' | 'recoveredAfter';

/** The faults of runs of one world, in the order of the runs. Cells are empty where nothing happened. */
export function faultsCsv(runs: readonly ReportInput[]): Iterable<string> {
  const kind = timeKind(runs[0]?.world ?? 'simulated');
  const time = (name: Time): Column<Row> => ({
    header: timeColumn(kind, `${name}Seconds`),
    cell: (row) => row[`${name}Seconds`],
  });
  const columns: Column<Row>[] = [
    { header: 'number', cell: (row) => row.number },
    { header: 'rule', cell: (row) => row.rule },
    { header: 'kind', cell: (row) => row.kind },
    { header: 'nodes', cell: (row) => row.nodes.join(' ') },
    time('struck'),
    time('end'),
    time('detected'),
    time('detectedAfter'),
    time('recovered'),
    time('recoveredAfter'),
    { header: 'redoneSamples', cell: (row) => row.redoneSamples },
    { header: 'messagesLost', cell: (row) => row.messagesLost },
    { header: 'lost', cell: (row) => row.lost },
    {
      header: timeColumn(kind, 'samplesPerSecondBefore'),
      cell: (row) => row.samplesPerSecondBefore,
    },
    {
      header: timeColumn(kind, 'samplesPerSecondAfter'),
      cell: (row) => row.samplesPerSecondAfter,
    },
    { header: 'iterationsSince', cell: (row) => row.iterationsSince },
  ];
  return csvText(runs, columns, ({ faults, world }) =>
    (faults?.accounts ?? []).map((fault) => ({
      number: fault.number,
      ...summarizeFault(fault, world),
    })),
  );
}
