/**
 * `links.csv`: a row a link and direction, in the order of the topology, with how much of it was used, in all and in
 * each tenth of the run's time.
 */
import type { Link } from '../engine/network/topology.ts';
import type { LinkUses } from '../engine/result.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { timelineSlots, utilisationOverTime } from './link-timeline.ts';
import { timeKind, type ReportInput } from './report-input.ts';

/** One link, and its place in the columns of all. */
interface Row extends Link {
  uses: LinkUses;
  at: number;
  utilisation: number;
  overTime: number[];
}

function slotColumns(slots: number): Column<Row>[] {
  return Array.from({ length: slots }, (_none, slot) => ({
    header: `utilisationPart${slot + 1}of${slots}`,
    cell: (link) => link.overTime[slot] ?? null,
  }));
}

/** The links of runs of one world, in the order of the runs. `utilisation` is a fraction of the run's time. */
export function linksCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<Row>[] = [
    { header: 'link', cell: (link) => link.id },
    { header: 'bandwidthBytesPerSecond', cell: (link) => link.bandwidthBytesPerSecond },
    { header: 'latencyNs', cell: (link) => link.latencyNs },
    { header: 'messages', cell: ({ uses, at }) => uses.messages[at] },
    { header: 'bytes', cell: ({ uses, at }) => uses.bytes[at] },
    {
      header: timeColumn(timeKind(runs[0]?.world ?? 'simulated'), 'busyNs'),
      cell: ({ uses, at }) => uses.busyNs[at],
    },
    { header: 'utilisation', cell: (link) => link.utilisation },
    { header: 'controlBytes', cell: ({ uses, at }) => uses.controlBytes[at] },
    { header: 'heartbeatBytes', cell: ({ uses, at }) => uses.heartbeatBytes[at] },
    ...slotColumns(Math.max(0, ...runs.map(({ run }) => timelineSlots(run)))),
  ];
  return csvText(runs, columns, rowsOf);
}

function* rowsOf({ run, topology }: ReportInput): Generator<Row> {
  const { links: uses, timeNs } = run;
  for (let at = 0; at < uses.bytes.length; at++)
    yield {
      ...topology.link(at),
      uses,
      at,
      overTime: utilisationOverTime(run, at),
      utilisation: timeNs > 0 ? uses.busyNs[at] / timeNs : 0,
    };
}
