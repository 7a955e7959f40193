/** The critical path as files: what it is made of, and all that some iterations in the middle of the run did. */
import type {
  ResourceShare,
  SentMessage,
  Task,
} from '../../models/observers/path/critical-path.ts';
import { csvText, timeColumn, type Column } from '../csv.ts';
import type { ReportInput } from '../report-input.ts';
import { resourceText } from './cause-names.ts';

type Resource = ResourceShare & { readonly name: string; readonly share: number };

/** By how much an iteration shrinks when a resource is made infinitely fast. */
export function pathCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<Resource>[] = [
    { header: 'resource', cell: ({ name }) => name },
    { header: timeColumn('modelled', 'savedNsAnIteration'), cell: ({ ns }) => ns },
    { header: 'shareOfIteration', cell: ({ share }) => share },
  ];
  return csvText(runs, columns, function* ({ explanation, topology }) {
    const { resources = [], iterationNs = 1 } = explanation?.path ?? {};
    for (const each of resources)
      yield { ...each, name: resourceText(each, topology), share: each.ns / iterationNs };
  });
}

export function tasksCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<Task>[] = [
    { header: 'node', cell: ({ node }) => node },
    { header: 'task', cell: ({ name }) => name },
    { header: timeColumn('modelled', 'startNs'), cell: ({ startNs }) => startNs },
    { header: timeColumn('modelled', 'endNs'), cell: ({ endNs }) => endNs },
    { header: 'critical', cell: ({ critical }) => critical },
  ];
  return csvText(runs, columns, ({ explanation }) => explanation?.path.tasks ?? []);
}

export function messagesCsv(runs: readonly ReportInput[]): Iterable<string> {
  const columns: Column<SentMessage>[] = [
    { header: 'from', cell: ({ from }) => from },
    { header: 'to', cell: ({ to }) => to },
    { header: 'kind', cell: ({ kind }) => kind },
    { header: 'bytes', cell: ({ bytes }) => bytes },
    { header: timeColumn('modelled', 'sentNs'), cell: ({ sentNs }) => sentNs },
    { header: timeColumn('modelled', 'arrivedNs'), cell: ({ arrivedNs }) => arrivedNs },
    { header: 'critical', cell: ({ critical }) => critical },
  ];
  return csvText(runs, columns, ({ explanation }) => explanation?.path.messages ?? []);
}
