/** What all experiments ask of their runs. */
import { meanAt, pointsIn, type PointRuns } from '../seed-means.ts';
import type { Mark } from '../charts/parts.ts';
import { STATES } from '../charts/bars.ts';
import { CAUSE_NAMES, CAUSES } from '../../explanation/cause-names.ts';
import type { StudyRun } from '../run-outcome.ts';
import type { ResolvedStudyInfo } from '../study-info.ts';

export const textOf = (point: PointRuns, axis: string): string => String(point.cells[axis] ?? '');
export const protocolOf = (point: PointRuns): string => textOf(point, 'protocol');

/** The labels of all protocols, the subject first. */
export function protocolsIn(points: readonly PointRuns[], study: ResolvedStudyInfo): string[] {
  const labels = [...new Set(points.map(protocolOf))];
  const subject = subjectOf(points, study);
  return [subject, ...labels.filter((label) => label !== subject)];
}

export function subjectOf(points: readonly PointRuns[], { subject }: ResolvedStudyInfo): string {
  const isThere = points.some((point) => protocolOf(point) === subject);
  return isThere ? subject! : points.length > 0 ? protocolOf(points[0]) : '';
}

/** Points of the same key together, in their order. */
export function grouped(
  points: readonly PointRuns[],
  keyOf: (point: PointRuns) => unknown,
): PointRuns[][] {
  const groups = new Map<string, PointRuns[]>();
  for (const point of points) {
    const key = JSON.stringify(keyOf(point));
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()];
}

/** Points that differ in their protocol alone, together. */
export function contests(points: readonly PointRuns[]): PointRuns[][] {
  return grouped(points, ({ cells }) => ({ ...cells, protocol: null }));
}

/** A mark of the mean over seeds, with its confidence band; none where there is no number. */
export function meanMark(
  point: PointRuns,
  path: string,
  mark: Omit<Mark, 'y' | 'low' | 'high'>,
): Mark[] {
  const mean = meanAt(point, path);
  if (mean === null) return [];
  const { mean: y, halfWidth } = mean;
  return [{ ...mark, y, ...(halfWidth > 0 ? { low: y - halfWidth, high: y + halfWidth } : {}) }];
}

/** The five shares of a point. */
export function shareMarks(point: PointRuns, x: string, panel: string): Mark[] {
  return STATES.map((state) => ({
    ...{ x, panel, series: state },
    y: meanAt(point, `accounting.${state}.mean`)?.mean ?? null,
  }));
}

/** How long nodes wait for each cause. */
export function causeMarks(point: PointRuns, x: string, panel: string): Mark[] {
  return CAUSES.map((cause) => ({
    ...{ x, panel, series: CAUSE_NAMES[cause] },
    y: meanAt(point, `waitingByCause.${cause}.mean`)?.mean ?? null,
  }));
}

/** By protocol, in the order in which the study names them: so a protocol has one colour in all pictures. */
export function pointsOf(runs: readonly StudyRun[]): PointRuns[] {
  const points = pointsIn(runs);
  const order = [...new Set(points.map(protocolOf))];
  const placeOf = (point: PointRuns) => order.indexOf(protocolOf(point));
  return points.sort((one, other) => placeOf(one) - placeOf(other));
}

/** `more` first: what is said of both numbers alike is a tie, and neither a win nor a loss. */
export function outcomeOf<Value>(
  mine: Value,
  other: Value,
  shown: (value: Value) => string,
): 'less' | 'tie' | 'more' {
  if (shown(mine) === shown(other)) return 'tie';
  return mine < other ? 'less' : 'more';
}

/** How many of those are of that kind, in words. */
export function countOf(count: number): string {
  return count === 0 ? 'none' : String(count);
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const times = (factor: number): string => `${Number(factor.toPrecision(3))} times`;
export const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** Where the subject loses, in a sentence as plain as those of where it wins. */
export function lossText(subject: string, losses: readonly string[]): string {
  return losses.length === 0
    ? `${subject} loses to none of them.`
    : `Where ${subject} loses: ${losses.join('; ')}.`;
}

/** None where there is no such rival. */
export function lossesTo(where: string, rivals: readonly string[]): string[] {
  return rivals.length === 0 ? [] : [`${where} to ${rivals.join(', ')}`];
}
