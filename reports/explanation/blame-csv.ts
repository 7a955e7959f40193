/** `blame.csv`: who waited for whom, why, and for how long. Its times sum to comm + idle of each node exactly. */
import type { Blame } from '../../models/observers/waiting/causes.ts';
import { csvText, timeColumn, type Column } from '../csv.ts';
import { timeKind, type ReportInput } from '../report-input.ts';
import { placeText } from './cause-names.ts';

type Row = Blame & { readonly where: string | null };

/** The longest waits of each run first. */
export function blameCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<Row>[] = [
    { header: 'node', cell: ({ node }) => node },
    { header: 'waitedFor', cell: ({ waitedFor }) => waitedFor },
    { header: 'cause', cell: ({ cause }) => cause },
    { header: 'place', cell: ({ where }) => where },
    { header: 'waits', cell: ({ waits }) => waits },
    {
      header: timeColumn(timeKind(runs[0]?.world ?? 'simulated'), 'waitedNs'),
      cell: (row) => row.ns,
    },
  ];
  return csvText(runs, columns, rowsOf);
}

function* rowsOf({ explanation, topology }: ReportInput): Generator<Row> {
  for (const blame of explanation?.waits.blames ?? [])
    yield { ...blame, where: placeText(blame.place, topology) };
}
