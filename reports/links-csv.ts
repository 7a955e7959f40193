/**
 * `links.csv`: a row a link and direction, in the order of the topology, with how much of it was used, in all and in
 * each tenth of the run's time.
 */
import type { LinkUse } from '../engine/result.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { timelineSlots, utilisationOverTime } from './link-timeline.ts';
import { timeKind, type ReportInput } from './report-input.ts';

type Row = LinkUse & { utilisation: number; overTime: number[] };

function slotColumns(slots: number): Column<Row>[] {
  return Array.from({ length: slots }, (_none, slot) => ({
    header: `utilisationPart${slot + 1}of${slots}`,
    cell: (link) => link.overTime[slot] ?? null,
  }));
}

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
    { header: 'controlBytes', cell: (link) => link.controlBytes },
    { header: 'heartbeatBytes', cell: (link) => link.heartbeatBytes },
    ...slotColumns(Math.max(0, ...runs.map(({ run }) => timelineSlots(run)))),
  ];
  return csvText(runs, columns, ({ run }) =>
    run.links.map((link, index) => ({
      ...link,
      overTime: utilisationOverTime(run, index),
      utilisation: run.timeNs > 0 ? link.busyNs / run.timeNs : 0,
    })),
  );
}
