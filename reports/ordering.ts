/** The order in which reports list things by size. */

/** Largest first; equal ones by name, so that equal runs print equal reports. */
export function bySize(items: Iterable<[string, number]>): [string, number][] {
  return [...items].sort(
    (first, second) => second[1] - first[1] || (first[0] < second[0] ? -1 : 1),
  );
}

/**
 * The indices of the `count` largest values, largest first, equal ones in index order: equal runs print equal
 * reports.
 */
export function largest(values: Float64Array, count: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < values.length; place++) {
    if (places.length === count && values[place] <= values[places[count - 1]]) continue;
    const rank = places.findIndex((other) => values[other] < values[place]);
    places.splice(rank < 0 ? places.length : rank, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}
