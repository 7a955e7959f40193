/** `links.csv`: a row a link and direction, in the order of the topology, with how much of it was used. */
import type { LinkUse } from '../engine/result.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { timeKind, type ReportInput } from './report-input.ts';

type Row = LinkUse & { utilisation: number };

/** The links of runs of one world, in the order of the runs. `utilisation` is a fraction of the run's time. */
export function linksCsv(runs: readonly ReportInput[]): string {
  const columns: Column<Row>[] = [
    { header: 'link', cell: (link) => link.id },
    { header: 'bandwidthBytesPerSecond', cell: (link) => link.bandwidthBytesPerSecond },
    { header: 'latencyNs', cell: (link) => link.latencyNs },
    { header: 'messages', cell: (link) => link.messages },
    { header: 'bytes', cell: (link) => link.bytes },
    {
      header: timeColumn(timeKind(runs[0]?.world ?? 'simulated'), 'busyNs'),
      cell: (link) => link.busyNs,
    },
    { header: 'utilisation', cell: (link) => link.utilisation },
  ];
  return csvText(runs, columns, ({ run }) =>
    run.links.map((link) => ({
      ...link,
      utilisation: run.timeNs > 0 ? link.busyNs / run.timeNs : 0,
    })),
  );
}
