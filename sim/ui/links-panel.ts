/** The use of the links so far: all in one strip, and the busiest by name. */
import { formatCount, formatShare } from '../../engine/format.ts';
import type { RunView } from '../progress.ts';
import { level, progressBar } from './bars.ts';
import type { Line } from './line.ts';
import { labelled, LABEL_WIDTH } from './panels.ts';

/** Strip and bars are scaled to the busiest link, whose use is printed beside it. Empty where there are no links. */
export function linksPanel({ links }: RunView, width: number): Line[] {
  if (!links) return [];
  const { busiest, levels } = links;
  const most = busiest[0]?.utilisation ?? 0;
  const scaled = (utilisation: number) => (most > 0 ? utilisation / most : 0);
  const nameWidth = Math.max(LABEL_WIDTH, ...busiest.map(({ id }) => id.length + 1));
  const count = links.count > 0 ? `  all ${formatCount(links.count)}` : '';
  const room = Math.max(4, Math.min(levels.length, width - LABEL_WIDTH - count.length));
  const bar = Math.max(4, Math.min(48, width - nameWidth - 8));
  return [
    labelled(
      'links',
      { text: strip(levels.map(scaled), room), color: 'cyan' },
      { text: count, dim: true },
    ),
    ...busiest.map(({ id, utilisation }): Line => {
      const { done, left } = progressBar(scaled(utilisation), bar);
      return [
        { text: id.padEnd(nameWidth) },
        { text: done, color: 'cyan' },
        { text: left, dim: true },
        { text: formatShare(utilisation).padStart(8) },
      ];
    }),
  ];
}

/** The highest of each stretch of values, in at most `width` characters. */
function strip(values: readonly number[], width: number): string {
  const cells = Math.min(width, values.length);
  return Array.from({ length: cells }, (_none, cell) => {
    const low = Math.floor((cell * values.length) / cells);
    const high = Math.floor(((cell + 1) * values.length) / cells);
    return level(Math.max(...values.slice(low, high)));
  }).join('');
}
