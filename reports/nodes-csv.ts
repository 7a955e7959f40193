/** `nodes.csv`: a row a node, with its account. The five times of a row sum to the run's time exactly. */
import type { NODE_FIGURES, NodeAccounts } from '../engine/result.ts';
import type { NodeCauses } from '../models/observers/waiting/causes.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { CAUSES } from './explanation/cause-names.ts';
import { timeKind, type ReportInput } from './report-input.ts';

type Figure = (typeof NODE_FIGURES)[number];

/** One node, and the accounts of all. */
interface Row {
  accounts: NodeAccounts;
  node: number;
  role: string;
  causes: NodeCauses | undefined;
  hosts: ReportInput['hosts'];
}

/** The nodes of runs of one world, in the order of the runs. */
export function nodesCsv(runs: readonly ReportInput[]): Iterable<string> {
  return csvText(runs, columnsOf(runs), rowsOf);
}

function* rowsOf({ run, roles, explanation, hosts }: ReportInput): Generator<Row> {
  const { nodes: accounts } = run;
  const causes = explanation?.waits.causes;
  for (let node = 0; node < accounts.count; node++)
    yield { accounts, node, role: roles[node], causes, hosts };
}

/** The part of its host's memory that it held at its peak; empty where there is no limit. */
function memoryUsed({ accounts, node, hosts }: Row): number | null {
  const { memoryBytes } = hosts[node];
  return memoryBytes < Infinity ? accounts.peakMemoryBytes[node] / memoryBytes : null;
}

function columnsOf(runs: readonly ReportInput[]): Column<Row>[] {
  const kind = timeKind(runs[0]?.world ?? 'simulated');
  const figure = (name: Figure, header: string = name): Column<Row> => ({
    header,
    cell: ({ accounts, node }) => accounts[name][node],
  });
  const time = (name: Figure) => figure(name, timeColumn(kind, name));
  return [
    { header: 'node', cell: ({ node }) => node },
    { header: 'role', cell: ({ role }) => role },
    time('busyNs'),
    time('redoNs'),
    time('commNs'),
    time('idleNs'),
    time('downNs'),
    ...(runs.some(({ explanation }) => explanation) ? causeColumns(kind) : []),
    figure('jobs'),
    figure('flops'),
    figure('memoryBoundJobs'),
    figure('messagesSent'),
    figure('bytesSent'),
    figure('messagesReceived'),
    figure('bytesReceived'),
    figure('controlFramesSent'),
    figure('controlBytesSent'),
    figure('controlFramesReceived'),
    figure('controlBytesReceived'),
    figure('peakMemoryBytes'),
    { header: 'memoryUsed', cell: memoryUsed },
    ...memoryItems(runs).map((item) => ({
      header: `${camelCase(item)}PeakBytes`,
      cell: ({ accounts, node }: Row) => accounts.memoryItems[item]?.[node] ?? 0,
    })),
  ];
}

/** Why it was in comm and idle: they sum to the two. */
function causeColumns(kind: 'modelled' | 'measured'): Column<Row>[] {
  return CAUSES.map((cause) => ({
    header: timeColumn(kind, `${cause}Ns`),
    cell: ({ causes, node }: Row) => causes?.[cause][node] ?? null,
  }));
}

/** Items of any node's ledger, sorted by name: the header does not depend on who held what first. */
function memoryItems(runs: readonly ReportInput[]): string[] {
  return [...new Set(runs.flatMap(({ run }) => Object.keys(run.nodes.memoryItems)))].sort();
}

/** `optimizer slots` becomes `optimizerSlots`. */
function camelCase(item: string): string {
  return item.replace(/[^A-Za-z0-9]+(.)?/g, (_match, next?: string) => (next ?? '').toUpperCase());
}
