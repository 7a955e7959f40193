/** Predictions beside measurements: a table, and a CSV file. What is modelled and what is measured share no column. */
import { stringify } from 'csv-stringify/sync';
import { formatSeconds, formatShare } from '../../engine/format.ts';
import type { Summary } from '../../reports/summary.ts';
import type { ProtocolRun } from '../worlds/protocol-run.ts';
import { median } from './median.ts';

/** One configuration: what the simulator said of it beforehand, and the runs that were measured then. */
export interface Held {
  readonly world: string;
  readonly nodes: number;
  readonly predicted: TimedRun;
  readonly measured: readonly TimedRun[];
}

export interface TimedRun {
  readonly summary: Summary;
  /** Of an iteration, as `settledSeconds` has it. */
  readonly iterationSeconds: number;
  /** The part of the machine's time that other programs had meanwhile; 0 of a prediction. */
  readonly others: number;
}

/** What follows the first third of a run is judged in so many parts. */
const PARTS = 10;

/**
 * The time of an iteration once a run has settled: code is slow until it has run for a while, and other programs take the
 * machine now and then. So the first third is left out, and of ten equal parts of the rest the one in the middle counts.
 * The whole run's, where it has too few iterations.
 */
export function settledSeconds({ training, result }: Ended): number {
  const { iterations } = training;
  const last = iterations.length - 1;
  const first = Math.floor(last / 3);
  if (last <= first) return result.timeNs / 1e9;
  const parts = Math.min(PARTS, last - first);
  const end = (part: number) => first + Math.round(((last - first) * part) / parts);
  const seconds = Array.from({ length: parts }, (_, part) => {
    const [from, to] = [end(part), end(part + 1)];
    return (iterations[to].timeNs - iterations[from].timeNs) / (to - from) / 1e9;
  });
  return median(seconds);
}

type Ended = Pick<ProtocolRun, 'training' | 'result'>;

const STATES = ['busy', 'comm', 'idle'] as const;

function measuredSeconds({ measured }: Held): number {
  return median(measured.map(({ iterationSeconds }) => iterationSeconds));
}

/** How much longer the prediction is than what was measured, as a part of that. */
export function errorOf(held: Held): number {
  return held.predicted.iterationSeconds / measuredSeconds(held) - 1;
}

/** How far the repeated runs are apart, as a part of the middle one: no prediction can be better than that. */
export function spreadOf(held: Held): number {
  const seconds = held.measured.map(({ iterationSeconds }) => iterationSeconds);
  return (Math.max(...seconds) - Math.min(...seconds)) / measuredSeconds(held);
}

/** The middle and the worst of all errors, without their signs. */
export function errorsOf(all: readonly Held[]): { median: number; worst: number } {
  const errors = all.map((held) => Math.abs(errorOf(held)));
  return { median: median(errors), worst: Math.max(...errors) };
}

function share(runs: readonly TimedRun[], state: (typeof STATES)[number]): number {
  return median(runs.map(({ summary }) => summary.accounting[state].mean));
}

const HEADER = [
  ...['', 'predicted', 'measured', 'error', 'spread'],
  ...STATES.flatMap((state) => [`${state}, predicted`, 'measured']),
];

function cells(held: Held): string[] {
  const { world, nodes, predicted, measured } = held;
  const error = errorOf(held) * 100;
  return [
    `${predicted.summary.label} on ${nodes} ${world}`,
    formatSeconds(predicted.iterationSeconds),
    formatSeconds(measuredSeconds(held)),
    `${error < 0 ? '-' : '+'}${Math.abs(error).toFixed(1)} %`,
    `${(spreadOf(held) * 100).toFixed(1)} %`,
    ...STATES.flatMap((state) => [
      formatShare(share([predicted], state)),
      formatShare(share(measured, state)),
    ]),
  ];
}

export function heldTable(all: readonly Held[]): string {
  const rows = [HEADER, ...all.map(cells)];
  const widths = HEADER.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
      .join('  ')
      .trimEnd(),
  );
  const errors = errorsOf(all);
  const [middle, worst] = [errors.median, errors.worst].map((one) => `${(one * 100).toFixed(1)} %`);
  return `${lines.join('\n')}\n\nerror of an iteration: median ${middle}, worst ${worst}\n`;
}

export function heldCsv(all: readonly Held[]): string {
  const rows = all.map((held) => ({
    protocol: held.predicted.summary.label,
    world: held.world,
    nodes: held.nodes,
    runs: held.measured.length,
    predictedIterationSeconds: held.predicted.iterationSeconds,
    measuredIterationSeconds: measuredSeconds(held),
    error: errorOf(held),
    spread: spreadOf(held),
    others: Math.max(...held.measured.map(({ others }) => others)),
    ...Object.fromEntries(
      STATES.flatMap((state) => [
        [`predicted_${state}`, share([held.predicted], state)],
        [`measured_${state}`, share(held.measured, state)],
      ]),
    ),
    predictedBytes: held.predicted.summary.network.bytes,
    measuredBytes: median(held.measured.map(({ summary }) => summary.network.bytes)),
    predictedMessages: held.predicted.summary.network.messages,
    measuredMessages: median(held.measured.map(({ summary }) => summary.network.messages)),
  }));
  return stringify(rows, { header: true, escape_formulas: true });
}
