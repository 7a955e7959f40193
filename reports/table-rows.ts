/** Which figures of a summary the table shows, in what order and in what words. Knows nothing of the layout. */
import {
  ABSENT,
  formatBytes,
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
} from './format.ts';
import type { Resilience } from './resilience.ts';
import type { Accounting, Summary } from './summary.ts';

export interface Row {
  readonly label: string;
  /** One a summary. */
  readonly cells: readonly string[];
}

/** A figure of one summary as text; null when this run has none. */
type Cell = (summary: Summary) => string | null;

const STATES = ['busy', 'redo', 'comm', 'idle', 'down'] as const;
const HASH_DIGITS_SHOWN = 16;
/** Times are compared between columns: one digit more than elsewhere. */
const TIME_DIGITS = 4;

/** Groups of rows; the first row of all holds the names of the columns. */
export function rowsOf(summaries: readonly Summary[]): Row[][] {
  const groups = [
    runRows(),
    timeRows(),
    trainingRows(),
    resilienceRows(),
    shareRows(summaries),
    networkRows(),
    memoryRows(summaries),
    digestRows(),
  ];
  return groups
    .map((group) => group.flatMap(([label, cell]) => row(label, summaries, cell)))
    .filter((group) => group.length > 0);
}

function row(label: string, summaries: readonly Summary[], cell: Cell): Row[] {
  const cells = summaries.map(cell);
  if (cells.every((text) => text === null)) return [];
  return [{ label, cells: cells.map((text) => text ?? ABSENT) }];
}

/** The highest of its uses over time, where they are known. */
function peakUse(link: Summary['network']['busiestLink']): number | null {
  return link && link.utilisationOverTime.length > 0 ? Math.max(...link.utilisationOverTime) : null;
}

/** Formats a figure that may be missing. */
function maybe(value: number | null | undefined, format: (value: number) => string): string | null {
  return value === null || value === undefined ? null : format(value);
}

function runRows(): [string, Cell][] {
  return [
    ['', ({ label }) => label],
    ['world', ({ world }) => world],
    ['nodes', ({ nodes }) => formatCount(nodes)],
    ['outcome', ({ outcome, partial }) => (partial ? `${outcome}, partial` : outcome)],
  ];
}

function timeRows(): [string, Cell][] {
  const seconds = (value: number) => formatSeconds(value, TIME_DIGITS);
  // Modelled and measured times never share a row.
  const iteration = ({ training }: Summary, ofItsKind: number | undefined) =>
    ofItsKind === undefined ? null : maybe(training.iterationSeconds, seconds);
  return [
    ['modelled time', ({ time }) => maybe(time.modelledSeconds, seconds)],
    ['  an iteration', (summary) => iteration(summary, summary.time.modelledSeconds)],
    ['measured time', ({ time }) => maybe(time.measuredSeconds, seconds)],
    ['  an iteration', (summary) => iteration(summary, summary.time.measuredSeconds)],
    ['wall time', ({ time }) => formatSeconds(time.wallSeconds)],
    ['events', ({ time }) => formatCount(time.events)],
    ['event rate', ({ time }) => formatRate(time.eventsPerSecond, 'events')],
  ];
}

function trainingRows(): [string, Cell][] {
  return [
    ['iterations', ({ training }) => formatCount(training.iterations)],
    ['samples', ({ training }) => formatCount(training.samples)],
    ['first loss', ({ training }) => maybe(training.firstLoss, formatFigure)],
    ['final loss', ({ training }) => finalLossText(training)],
    ['final test loss', ({ training }) => maybe(training.finalTestLoss, formatFigure)],
    ['final accuracy', ({ training }) => maybe(training.finalAccuracy, formatPercent)],
    ['diverged at', ({ training }) => maybe(training.divergedAt, (at) => `iteration ${at}`)],
    ['staleness, mean', ({ staleness }) => ofUpdates(staleness, formatFigure(staleness.mean))],
    ['staleness, max', ({ staleness }) => ofUpdates(staleness, formatCount(staleness.max))],
  ];
}

function digestRows(): [string, Cell][] {
  return [
    [
      'weights sha256',
      ({ training }) => training.weightsSha256?.slice(0, HASH_DIGITS_SHOWN) ?? null,
    ],
    ['digest', ({ digest }) => digest || null],
    ['digest of numbers', ({ numbersDigest }) => numbersDigest],
  ];
}

function finalLossText({ finalLoss, divergedAt }: Summary['training']): string | null {
  return finalLoss === null && divergedAt !== null ? 'not finite' : maybe(finalLoss, formatFigure);
}

/** Two decimals: accuracies that differ by one sample in 10,000 look different. */
function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

function ofUpdates({ count }: Summary['staleness'], text: string): string | null {
  return count > 0 ? text : null;
}

/** Only of runs with faults; costs that did not arise show as 0 there, and comparisons only where they were made. */
function resilienceRows(): [string, Cell][] {
  const of =
    (cell: (resilience: Resilience) => string | null): Cell =>
    ({ resilience }) =>
      resilience && cell(resilience);
  const seconds = (value: number) => formatSeconds(value, TIME_DIGITS);
  return [
    ['faults', of(({ strikes }) => formatCount(strikes))],
    ['  detected', of(({ detected }) => formatCount(detected))],
    ['  after, mean', of(({ detectedAfterSeconds: after }) => maybe(after?.mean, seconds))],
    ['  after, max', of(({ detectedAfterSeconds: after }) => maybe(after?.max, seconds))],
    ['  recovered', of(({ recovered }) => formatCount(recovered))],
    ['  after, mean', of(({ recoveredAfterSeconds: after }) => maybe(after?.mean, seconds))],
    ['  after, max', of(({ recoveredAfterSeconds: after }) => maybe(after?.max, seconds))],
    ['samples redone', of(({ redoneSamples }) => maybe(redoneSamples, formatCount))],
    ['messages lost', of(({ messagesLost }) => formatCount(messagesLost))],
    ['gradients lost', of(({ gradientsLost }) => formatCount(gradientsLost))],
    ['parameters lost', of(({ lost }) => formatCount(lost.count))],
    ['checkpoints', of(({ checkpoints }) => (checkpoints > 0 ? formatCount(checkpoints) : null))],
    ['  restarts', of(({ restarts }) => (restarts > 0 ? formatCount(restarts) : null))],
    ['against no faults', of(({ slowdown }) => maybe(slowdown, timesText))],
    ['  final loss', of(({ finalLossDifference }) => maybe(finalLossDifference, signedFigure))],
    ['  weights', of(({ weightsEqualToFaultless: equal }) => equalText(equal))],
  ];
}

function timesText(times: number): string {
  return `${times.toFixed(3)} x the time`;
}

function signedFigure(value: number): string {
  return `${value > 0 ? '+' : ''}${formatFigure(value)}`;
}

function equalText(equal: boolean | null | undefined): string | null {
  if (equal === null || equal === undefined) return null;
  return equal ? 'equal' : 'different';
}

/** All five states over all nodes, then those that occur for each role, when there are several. */
function shareRows(summaries: readonly Summary[]): [string, Cell][] {
  const rows: [string, Cell][] = STATES.map((state) => [
    state,
    ({ accounting }) => formatShare(accounting[state].mean),
  ]);
  rows.push(['comm + idle, mean', ({ waiting }) => formatShare(waiting.mean)]);
  rows.push(['comm + idle, max', ({ waiting }) => formatShare(waiting.max)]);
  const roles = new Set(summaries.flatMap((summary) => Object.keys(summary.accountingByRole)));
  const several = summaries.some(
    ({ accountingByRole }) => Object.keys(accountingByRole).length > 1,
  );
  if (!several) return rows;
  for (const role of roles) {
    const of = (summary: Summary): Accounting | undefined => summary.accountingByRole[role];
    for (const state of STATES) {
      if (summaries.every((summary) => (of(summary)?.[state].mean ?? 0) === 0)) continue;
      rows.push([`${role} ${state}`, (summary) => maybe(of(summary)?.[state].mean, formatShare)]);
    }
  }
  return rows;
}

function networkRows(): [string, Cell][] {
  return [
    ['messages', ({ network }) => formatCount(network.messages)],
    ['bytes sent', ({ network }) => formatBytes(network.bytes)],
    ['bytes a node, max', ({ network }) => formatBytes(network.bytesPerNodeMax)],
    ['busiest link', ({ network }) => network.busiestLink?.id ?? null],
    ['its utilisation', ({ network }) => maybe(network.busiestLink?.utilisation, formatShare)],
    ['  busiest tenth', ({ network }) => maybe(peakUse(network.busiestLink), formatShare)],
  ];
}

function memoryRows(summaries: readonly Summary[]): [string, Cell][] {
  const items = new Set(summaries.flatMap(({ memory }) => Object.keys(memory.items)));
  return [
    ['peak memory, max', ({ memory }) => formatMemory(memory.peakBytesMax)],
    ['peak memory, mean', ({ memory }) => formatMemory(memory.peakBytesMean)],
    ...[...items].map((item): [string, Cell] => [
      `  ${item}`,
      ({ memory }) => maybe(memory.items[item], formatMemory),
    ]),
  ];
}
