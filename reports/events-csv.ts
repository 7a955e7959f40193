/** `events.csv`: the event log of a run with faults, a row an event, in order of time. */
import type { FaultEvent } from '../models/observers/fault-record.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { formatCounted } from '../engine/format.ts';
import { timeKind, type ReportInput } from './report-input.ts';

type Row = Pick<FaultEvent, 'node' | 'text'> & { timeNs: number | null; kind: string };

/** The events of runs of one world, in the order of the runs; an extra row says where some are left out. */
export function eventsCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<Row>[] = [
    {
      header: timeColumn(timeKind(runs[0]?.world ?? 'simulated'), 'seconds'),
      cell: (row) => (row.timeNs === null ? null : row.timeNs / 1e9),
    },
    { header: 'node', cell: (row) => row.node },
    { header: 'event', cell: (row) => row.kind },
    { header: 'text', cell: (row) => row.text },
  ];
  return csvText(runs, columns, rowsOf);
}

function rowsOf({ faults }: ReportInput): Row[] {
  if (!faults) return [];
  const { events, eventsLeftOut } = faults;
  if (eventsLeftOut.count === 0) return events;
  const text = `${formatCounted(eventsLeftOut.count, 'event is', 'events are')} left out here`;
  const gap: Row = { timeNs: null, node: null, kind: 'left-out', text };
  return [...events.slice(0, eventsLeftOut.after), gap, ...events.slice(eventsLeftOut.after)];
}
