/** The figures of a summary that the table shows, their order and labels. It knows nothing of the layout. */
import {
  ABSENT,
  formatBytes,
  formatCount,
  formatFigure,
  formatMemory,
  formatRate,
  formatSeconds,
  formatShare,
} from '../engine/format.ts';
import { CAUSE_NAMES, CAUSES } from './explanation/cause-names.ts';
import { RESILIENCE_ROWS } from './resilience-rows.ts';
import { amount, figure, TIME_DIGITS, word, type RowSpec } from './row-spec.ts';
import type { Accounting, Summary } from './summary.ts';

export interface Row {
  readonly label: string;
  /** One a summary. */
  readonly cells: readonly string[];
}

const STATES = ['busy', 'redo', 'comm', 'idle', 'down'] as const;
const HASH_DIGITS_SHOWN = 16;

/**
 * Groups of rows. Column names head the first group, and again the figures people look for: those come last, so that
 * they stay on the screen.
 */
export function rowsOf(summaries: readonly Summary[]): Row[][] {
  const groups: (readonly RowSpec[])[] = [
    runRows(),
    eventRows(),
    roleRows(summaries),
    networkRows(),
    memoryRows(summaries),
    steadyRows(),
    RESILIENCE_ROWS,
    headlineRows(),
    lossRows(),
    shareRows(),
    digestRows(),
  ];
  return groups
    .map((group) => group.flatMap((spec) => rowOf(spec, summaries)))
    .filter((group) => group.length > 0);
}

/** Empty where no run has such a figure, or all have none of what it counts. */
function rowOf({ label, cell, isNothing }: RowSpec, summaries: readonly Summary[]): Row[] {
  const cells = summaries.map(cell);
  if (cells.every((text) => text === null)) return [];
  if (isNothing && summaries.every(isNothing)) return [];
  return [{ label, cells: cells.map((text) => text ?? ABSENT) }];
}

function runRows(): RowSpec[] {
  return [
    word('', ({ label }) => label),
    word('world', ({ world }) => world),
    figure('nodes', ({ nodes }) => nodes, formatCount),
  ];
}

function eventRows(): RowSpec[] {
  return [
    figure('wall time', ({ time }) => time.wallSeconds, formatSeconds),
    amount('events', ({ time }) => time.events, formatCount),
    amount(
      'event rate',
      ({ time }) => time.eventsPerSecond,
      (rate) => formatRate(rate, 'events'),
    ),
    figure('iterations', ({ training }) => training.iterations, formatCount),
    figure('samples', ({ training }) => training.samples, formatCount),
    figure('first loss', ({ training }) => training.firstLoss, formatFigure),
    word('staleness, mean', ({ staleness }) => ofUpdates(staleness, formatFigure(staleness.mean))),
    word('staleness, max', ({ staleness }) => ofUpdates(staleness, formatCount(staleness.max))),
    word('blocks moved', ({ moved }) => (moved.times > 0 ? formatCount(moved.blocks) : null)),
    word(
      'weights sha256',
      ({ training }) => training.weightsSha256?.slice(0, HASH_DIGITS_SHOWN) ?? null,
    ),
    amount('comm + idle, max', ({ waiting }) => waiting.max, formatShare),
  ];
}

function ofUpdates({ count }: Summary['staleness'], text: string): string | null {
  return count > 0 ? text : null;
}

/** The states of each role, when there are several roles. */
function roleRows(summaries: readonly Summary[]): RowSpec[] {
  const several = summaries.some(
    ({ accountingByRole }) => Object.keys(accountingByRole).length > 1,
  );
  if (!several) return [];
  const roles = new Set(summaries.flatMap((summary) => Object.keys(summary.accountingByRole)));
  const of = (summary: Summary, role: string): Accounting | undefined =>
    summary.accountingByRole[role];
  return [...roles].flatMap((role) =>
    STATES.map((state) =>
      amount(`${role} ${state}`, (summary) => of(summary, role)?.[state].mean, formatShare),
    ),
  );
}

function networkRows(): RowSpec[] {
  return [
    amount('messages', ({ network }) => network.messages, formatCount),
    amount('bytes sent', ({ network }) => network.bytes, formatBytes),
    amount('bytes a node, max', ({ network }) => network.bytesPerNodeMax, formatBytes),
    word('busiest link', ({ network }) =>
      network.busiestLink?.utilisation ? network.busiestLink.id : null,
    ),
    amount('its utilisation', ({ network }) => network.busiestLink?.utilisation, formatShare),
    amount('  busiest tenth', ({ network }) => peakUse(network.busiestLink), formatShare),
  ];
}

/** The highest utilisation of its slots, where they are known. */
function peakUse(link: Summary['network']['busiestLink']): number | null {
  return link && link.utilisationOverTime.length > 0 ? Math.max(...link.utilisationOverTime) : null;
}

function memoryRows(summaries: readonly Summary[]): RowSpec[] {
  const items = new Set(summaries.flatMap(({ memory }) => Object.keys(memory.items)));
  return [
    figure('memory used, max', ({ memory }) => memory.usedMax?.share, formatShare),
    amount('peak memory, max', ({ memory }) => memory.peakBytesMax, formatMemory),
    amount('peak memory, mean', ({ memory }) => memory.peakBytesMean, formatMemory),
    ...[...items].map((item) =>
      amount(`  ${item}`, ({ memory }) => memory.items[item], formatMemory),
    ),
  ];
}

/** Without warm-up and drain: what published tables give. */
function steadyRows(): RowSpec[] {
  return [
    figure(
      'steady rate',
      ({ steady }) => steady?.samplesPerSecond,
      (rate) => formatRate(rate, 'samples'),
    ),
    figure('  warm-up before', ({ steady }) => steady?.warmUpSeconds, formatSeconds),
    figure('  drain behind', ({ steady }) => steady?.drainSeconds, formatSeconds),
    figure('  speed-up', ({ steady }) => steady?.speedUp, formatFigure),
    figure('  FLOPs used', ({ steady }) => steady?.flopUtilisation, formatShare),
  ];
}

/** Modelled and measured times never share a row. */
function headlineRows(): RowSpec[] {
  const seconds = (value: number) => formatSeconds(value, TIME_DIGITS);
  const iteration = ({ training }: Summary, ofItsKind: number | undefined) =>
    ofItsKind === undefined ? null : training.iterationSeconds;
  return [
    word('', ({ label }) => label),
    word('outcome', ({ outcome, partial }) => (partial ? `${outcome}, partial` : outcome)),
    figure('modelled time', ({ time }) => time.modelledSeconds, seconds),
    figure('  an iteration', (run) => iteration(run, run.time.modelledSeconds), seconds),
    figure('measured time', ({ time }) => time.measuredSeconds, seconds),
    figure('  an iteration', (run) => iteration(run, run.time.measuredSeconds), seconds),
    amount(
      'throughput',
      ({ training }) => training.samplesPerSecond,
      (rate) => formatRate(rate, 'samples'),
    ),
  ];
}

/** Of the last iteration, and of the last tenth of them, since one mini-batch says little. */
function lossRows(): RowSpec[] {
  return [
    figure('loss, last tenth', ({ training }) => training.lastTenthLoss, formatFigure),
    word('final loss', ({ training }) => finalLossText(training)),
    figure(
      'diverged at',
      ({ training }) => training.divergedAt,
      (at) => `iteration ${at}`,
    ),
    figure('final test loss', ({ training }) => training.finalTestLoss, formatFigure),
    figure('final accuracy', ({ training }) => training.finalAccuracy, formatPercent),
  ];
}

function finalLossText({ finalLoss, divergedAt }: Summary['training']): string | null {
  if (finalLoss === null) return divergedAt === null ? null : 'not finite';
  return formatFigure(finalLoss);
}

/** Two decimals: accuracies that differ by one sample in 10,000 look different. */
function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

/** Over all nodes. */
function shareRows(): RowSpec[] {
  return [
    ...STATES.map((state) =>
      amount(state, ({ accounting }) => accounting[state].mean, formatShare),
    ),
    amount('comm + idle, mean', ({ waiting }) => waiting.mean, formatShare),
    ...CAUSES.map((cause) =>
      amount(`  ${CAUSE_NAMES[cause]}`, (run) => run.waitingByCause?.[cause].mean, formatShare),
    ),
  ];
}

function digestRows(): RowSpec[] {
  return [
    word('digest', ({ digest }) => digest || null),
    word('digest of numbers', ({ numbersDigest }) => numbersDigest),
  ];
}
