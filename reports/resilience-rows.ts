/** The rows of the table about faults, and about the same run without them. */
import { formatCount, formatFigure, formatSeconds } from '../engine/format.ts';
import { amount, figure, TIME_DIGITS, word, type RowSpec } from './row-spec.ts';
import type { Resilience, Summary } from './summary.ts';

const seconds = (value: number) => formatSeconds(value, TIME_DIGITS);

/** A figure of the resilience of a run; null where it has no faults. */
function of<Value>(value: (resilience: Resilience) => Value): (run: Summary) => Value | null {
  return ({ resilience }) => resilience && value(resilience);
}

/** The last three only where the comparison was made. */
export const RESILIENCE_ROWS: readonly RowSpec[] = [
  amount(
    'faults',
    of(({ strikes }) => strikes),
    formatCount,
  ),
  amount(
    '  detected',
    of(({ detected }) => detected),
    formatCount,
  ),
  figure(
    '  after, mean',
    of(({ detectedAfterSeconds: after }) => after?.mean),
    seconds,
  ),
  figure(
    '  after, max',
    of(({ detectedAfterSeconds: after }) => after?.max),
    seconds,
  ),
  amount(
    '  recovered',
    of(({ recovered }) => recovered),
    formatCount,
  ),
  figure(
    '  after, mean',
    of(({ recoveredAfterSeconds: after }) => after?.mean),
    seconds,
  ),
  figure(
    '  after, max',
    of(({ recoveredAfterSeconds: after }) => after?.max),
    seconds,
  ),
  amount(
    'samples redone',
    of(({ redoneSamples }) => redoneSamples),
    formatCount,
  ),
  amount(
    'messages lost',
    of(({ messagesLost }) => messagesLost),
    formatCount,
  ),
  amount(
    'parameters lost',
    of(({ lost }) => lost.count),
    formatCount,
  ),
  amount(
    'checkpoints',
    of(({ checkpoints }) => checkpoints),
    formatCount,
  ),
  amount(
    '  restarts',
    of(({ restarts }) => restarts),
    formatCount,
  ),
  figure(
    'against no faults',
    of(({ slowdown }) => slowdown),
    timesText,
  ),
  figure(
    '  final loss',
    of(({ finalLossDifference }) => finalLossDifference),
    signedFigure,
  ),
  word(
    '  weights',
    of(({ weightsEqualToFaultless: equal }) => equalText(equal)),
  ),
];

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
