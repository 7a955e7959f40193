/** Runs that differ in their seed alone, together: means and spreads of what was measured. */
import type { Cell, StudyRun } from './run-outcome.ts';
import { measured } from './study-table.ts';

/** Runs of one point of a study. */
export interface PointRuns {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly runs: readonly StudyRun[];
}

export interface SeedMean {
  readonly mean: number;
  /** Half-width of the 95 % confidence interval of the mean (Student's t); 0 for a single run. */
  readonly halfWidth: number;
  readonly count: number;
}

/** Points in the order of their first run. */
export function pointsIn(runs: readonly StudyRun[]): PointRuns[] {
  const points = new Map<string, { cells: StudyRun['cells']; runs: StudyRun[] }>();
  for (const run of runs) {
    const key = JSON.stringify(run.cells);
    const point = points.get(key);
    if (point) point.runs.push(run);
    else points.set(key, { cells: run.cells, runs: [run] });
  }
  return [...points.values()];
}

/** Two-sided 95 % quantiles of Student's t with 1, 2, ... degrees of freedom; beyond the list that of the normal. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const NORMAL = 1.96;

/** Null where there is no number. */
export function meanOf(values: readonly (number | null)[]): SeedMean | null {
  const numbers = values.filter((value) => value !== null);
  const count = numbers.length;
  if (count === 0) return null;
  const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, halfWidth: 0, count };
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (count - 1));
  const quantile = STUDENT[count - 2] ?? NORMAL;
  return { mean, halfWidth: (quantile * deviation) / Math.sqrt(count), count };
}

/** Over the seeds of a point that has such a figure. */
export function meanAt({ runs }: PointRuns, path: string): SeedMean | null {
  return meanOf(runs.map((run) => measured(run, path)));
}

/** The quantile by linear interpolation; the list is not empty. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const place = fraction * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
