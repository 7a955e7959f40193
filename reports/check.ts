/**
 * Checks a run against what its scenario expects (`--check`). An expectation names a number of `summary.json` by its
 * path and bounds it, by a constant or by another protocol's figure.
 */
import type { Summary } from './summary.ts';

interface CheckResult {
  /** One sentence: the figure, its value, and what was expected. */
  text: string;
  holds: boolean;
}

/** A number, or another protocol's figure (the same one unless `value` says otherwise), `times` over. */
type Bound = number | { of: string; value?: string; times?: number };

/** An expectation of a scenario; without `of` it applies to every protocol. */
export interface Expectation {
  readonly of?: string;
  /** Path of a number in summary.json. */
  readonly value: string;
  readonly atLeast?: Bound;
  readonly atMost?: Bound;
}

/**
 * One result for each expectation and each protocol it applies to. A missing protocol or path does not hold, and says
 * so: an expectation never passes because nothing was checked.
 */
export function checkExpectations(
  expect: readonly Expectation[],
  summaries: readonly Summary[],
): CheckResult[] {
  return expect.flatMap((expectation) => {
    const meant = summaries.filter((summary) => isMeant(expectation.of, summary));
    if (meant.length === 0) return [unknownProtocol(expectation.of ?? '', summaries)];
    return meant.map((summary) => checkOne(expectation, summary, summaries));
  });
}

function isMeant(of: string | undefined, { label, protocol }: Summary): boolean {
  return of === undefined || of === label || of === protocol;
}

function unknownProtocol(of: string, summaries: readonly Summary[]): CheckResult {
  const known = summaries.map(({ label }) => label).join(', ');
  return { text: `no protocol of this run is called ${of}: there is ${known}`, holds: false };
}

function checkOne(
  expectation: Expectation,
  summary: Summary,
  summaries: readonly Summary[],
): CheckResult {
  const subject = `${summary.label}: ${expectation.value}`;
  const value = numberAt(summary, expectation.value);
  if (value === null) return { text: `${subject} is not a number of this run`, holds: false };
  const bounds = [
    { words: 'at least', bound: expectation.atLeast, meets: (limit: number) => value >= limit },
    { words: 'at most', bound: expectation.atMost, meets: (limit: number) => value <= limit },
  ];
  let holds = true;
  const parts: string[] = [];
  for (const { words, bound, meets } of bounds) {
    if (bound === undefined) continue;
    const limit = limitOf(bound, expectation.value, summaries);
    const met = limit.value !== null && meets(limit.value);
    holds = holds && met;
    parts.push(`${words} ${limit.text}`);
  }
  if (parts.length === 0) return { text: `${subject} has no bound to be held to`, holds: false };
  const text = `${subject} is ${figure(value)}, ${holds ? 'as expected' : 'expected'} ${parts.join(' and ')}`;
  return { text, holds };
}

/** The number a bound stands for, and its text. */
function limitOf(
  bound: Bound,
  path: string,
  summaries: readonly Summary[],
): { value: number | null; text: string } {
  if (typeof bound === 'number') return { value: bound, text: figure(bound) };
  const other = summaries.find((summary) => isMeant(bound.of, summary));
  if (other === undefined) return { value: null, text: `that of ${bound.of}, which did not run` };
  const value = numberAt(other, bound.value ?? path);
  const whose = `${other.label}'s ${bound.value ?? path}`;
  if (value === null) return { value: null, text: `${whose}, which is not a number of this run` };
  const times = bound.times ?? 1;
  const factor = times === 1 ? '' : `${figure(times)} x `;
  return { value: times * value, text: `${factor}${whose} (${figure(times * value)})` };
}

/**
 * The number at a dotted path, such as `network.busiestLinks.0.utilisation`; null where there is none. True and false
 * count as 1 and 0, so that equal weights can be expected too.
 */
export function numberAt(summary: Summary, path: string): number | null {
  let place: unknown = summary;
  for (const name of path.split('.')) {
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return null;
    place = (place as Record<string, unknown>)[name];
  }
  if (typeof place === 'boolean') return place ? 1 : 0;
  return typeof place === 'number' && Number.isFinite(place) ? place : null;
}

/** Six significant digits: an expectation is read against the figures of summary.json. */
function figure(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}
