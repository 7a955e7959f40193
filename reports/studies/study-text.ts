/** The results of a study for the terminal: a row a point, means over seeds. */
import { ABSENT, formatCounted, formatFigure } from '../../engine/format.ts';
import { meanAt, pointsIn, type PointRuns } from './seed-means.ts';
import type { StudyRun } from './run-outcome.ts';
import { endOf } from './study-table.ts';

const MOST_ROWS = 60;
const MOST_MEASURES = 5;

export function studyText(
  runs: readonly StudyRun[],
  measures: readonly string[],
  search: string | null,
): string {
  const points = pointsIn(runs);
  const axes = [...new Set(points.flatMap(({ cells }) => Object.keys(cells)))];
  const shown = measures.slice(0, MOST_MEASURES);
  const found = search === null ? [] : [search];
  const header = [...axes, ...found, ...shown, 'ended'];
  const rows = points
    .slice(0, MOST_ROWS)
    .map((point) => [
      ...axes.map((name) => String(point.cells[name] ?? ABSENT)),
      ...found.map(() => String(point.runs[0].outcome.found?.number ?? ABSENT)),
      ...shown.map((path) => meanText(point, path)),
      endsOf(point),
    ]);
  const widths = header.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => row[at].length)),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  );
  const more = points.length - rows.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${formatCounted(more, 'row')} more, in results.csv`] : []),
  ].join('\n');
}

function meanText(point: PointRuns, path: string): string {
  const mean = meanAt(point, path);
  return mean === null ? ABSENT : formatFigure(mean.mean);
}

/** `finished`, or how many ended in which way. */
function endsOf({ runs }: PointRuns): string {
  const ends = new Map<string, number>();
  for (const run of runs) ends.set(endOf(run), (ends.get(endOf(run)) ?? 0) + 1);
  if (ends.size === 1) return [...ends.keys()][0];
  return [...ends].map(([end, count]) => `${count} ${end}`).join(', ');
}
