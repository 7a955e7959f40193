/**
 * Finds the next of many numbered things that passes a test, or fails it, without looking at each. A thing is a few
 * values, and whoever passes a test also does with smaller ones. Least and largest values of runs of 2, 4, 8, ... things
 * are kept: where the least fail all fail, and where the largest pass all pass.
 */

/** Of things, or of runs of 2^level things, by number: each of their values. */
type Values = readonly Float64Array[];
type Test = (values: Values, index: number) => boolean;

function levelsOf(values: Values, choose: (a: number, b: number) => number): Values[] {
  const levels = [values];
  for (let runs = values[0].length; runs > 1; runs = Math.ceil(runs / 2))
    levels.push(
      levels[levels.length - 1].map((below) =>
        Float64Array.from({ length: Math.ceil(runs / 2) }, (_, run) =>
          choose(below[2 * run], below[Math.min(2 * run + 1, runs - 1)]),
        ),
      ),
    );
  return levels;
}

export class Extremes {
  private readonly least: readonly Values[];
  private readonly largest: readonly Values[];

  constructor(values: Values) {
    this.least = levelsOf(values, Math.min);
    this.largest = levelsOf(values, Math.max);
  }

  /** The first one from `from` on, before `end`, that passes, or (`passes` false) that fails; `end` if there is none. */
  next(from: number, end: number, passes: boolean, test: Test): number {
    const levels = passes ? this.least : this.largest;
    const top = levels.length - 1;
    if (test(levels[top], 0) !== passes) return end;
    let at = from;
    let level = 0;
    while (at < end) {
      if (test(levels[level], at >> level) !== passes) {
        at = ((at >> level) + 1) << level;
        while (level < top && ((at >> level) & 1) === 0) level++;
      } else if (level === 0) return at;
      else level--;
    }
    return end;
  }
}
