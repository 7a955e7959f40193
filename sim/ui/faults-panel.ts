/** The faults of a run where something can fail: counts, the meaning of the signs in the picture, the last events. */
import { formatCount, formatSeconds } from '../../engine/format.ts';
import type { FaultCounts, RunView } from '../progress.ts';
import { healthLegend } from './health-glyphs.ts';
import { cut, flow, type Line, type Span } from './line.ts';
import { labelled, LABEL_WIDTH } from './panels.ts';

/** Events of one repair are close together. */
export const EVENT_TIME_DIGITS = 6;

/**
 * The panel takes room for `lines` events even before there are any, so that the screen does not jump. Empty where
 * nothing can fail.
 */
export function faultsPanel(view: RunView, width: number, lines: number): Line[] {
  if (!view.eventLog) return [];
  const events = view.eventLog.filter(({ protocol }) => protocol === view.current).slice(-lines);
  const times = events.map(({ timeNs }) => formatSeconds(timeNs / 1e9, EVENT_TIME_DIGITS));
  const timeWidth = Math.max(LABEL_WIDTH, ...times.map((time) => time.length + 2));
  const rows = events.map(({ text }, index): Line => {
    const time: Span = { text: times[index].padEnd(timeWidth), dim: true };
    return cut([time, { text }], width);
  });
  const empty = Array.from({ length: lines - rows.length }, (): Line => []);
  const counts = view.faults ? [countsLine(view.faults)] : [];
  return [...flow([...counts, ...healthLegend(view)], width), ...rows, ...empty];
}

function countsLine({
  crashes,
  others,
  repairs,
  redoneSamples,
  lostParameters,
}: FaultCounts): Line {
  const words = [
    `crashes ${formatCount(crashes)}`,
    ...(others > 0 ? [`other faults ${formatCount(others)}`] : []),
    `repairs ${formatCount(repairs)}`,
    `redone ${redoneSamples === null ? '?' : formatCount(redoneSamples)}`,
    `lost ${formatCount(lostParameters)}`,
  ];
  return labelled('faults', { text: words.join(' · '), bold: true });
}
