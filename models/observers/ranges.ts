/** Sets of whole numbers as sorted, disjoint ranges [low, high): the parameters that a repair found missing. */

export type Range = readonly [low: number, high: number];

/** The union of both lists, whose ranges may overlap and come in any order. */
export function union(one: readonly Range[], other: readonly Range[]): [number, number][] {
  const ranges = [...one, ...other].filter(([low, high]) => high > low);
  const merged: [number, number][] = [];
  for (const [low, high] of ranges.sort((first, second) => first[0] - second[0])) {
    const last = merged.at(-1);
    if (last && low <= last[1]) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** How many numbers lie in disjoint ranges. */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [low, high]) => sum + high - low, 0);
}
