/** `nodes.csv`: a row a node, with its books. The five times of a row sum to the run's time exactly. */
import type { NodeAccount } from '../engine/result.ts';
import { csvText, timeColumn, type Column } from './csv.ts';
import { timeKind, type ReportInput } from './report-input.ts';

type Row = NodeAccount & { role: string };

/** The nodes of runs of one world, in the order of the runs. */
export function nodesCsv(runs: readonly ReportInput[]): string {
  return csvText(runs, columnsOf(runs), ({ run, roles }) =>
    run.nodes.map((node): Row => ({ ...node, role: roles[node.node] })),
  );
}

function columnsOf(runs: readonly ReportInput[]): Column<Row>[] {
  const kind = timeKind(runs[0]?.world ?? 'simulated');
  const time = (name: 'busyNs' | 'redoNs' | 'commNs' | 'idleNs' | 'downNs'): Column<Row> => ({
    header: timeColumn(kind, name),
    cell: (node) => node[name],
  });
  return [
    { header: 'node', cell: (node) => node.node },
    { header: 'role', cell: (node) => node.role },
    time('busyNs'),
    time('redoNs'),
    time('commNs'),
    time('idleNs'),
    time('downNs'),
    { header: 'jobs', cell: (node) => node.jobs },
    { header: 'flops', cell: (node) => node.flops },
    { header: 'messagesSent', cell: (node) => node.messagesSent },
    { header: 'bytesSent', cell: (node) => node.bytesSent },
    { header: 'messagesReceived', cell: (node) => node.messagesReceived },
    { header: 'bytesReceived', cell: (node) => node.bytesReceived },
    { header: 'controlFramesSent', cell: (node) => node.controlFramesSent },
    { header: 'controlBytesSent', cell: (node) => node.controlBytesSent },
    { header: 'controlFramesReceived', cell: (node) => node.controlFramesReceived },
    { header: 'controlBytesReceived', cell: (node) => node.controlBytesReceived },
    { header: 'peakMemoryBytes', cell: (node) => node.peakMemoryBytes },
    ...memoryItems(runs).map((item) => ({
      header: `${camelCase(item)}PeakBytes`,
      cell: (node: Row) => node.memoryItems[item] ?? 0,
    })),
  ];
}

/** Items of any node's ledger, sorted by name: the header does not depend on who held what first. */
function memoryItems(runs: readonly ReportInput[]): string[] {
  const items = new Set<string>();
  for (const { run } of runs) {
    for (const node of run.nodes) {
      for (const item of Object.keys(node.memoryItems)) items.add(item);
    }
  }
  return [...items].sort();
}

/** `optimizer slots` becomes `optimizerSlots`. */
function camelCase(item: string): string {
  return item.replace(/[^A-Za-z0-9]+(.)?/g, (_match, next?: string) => (next ?? '').toUpperCase());
}
