/** The order in which reports list sized things. */

/** Largest first; equal ones by name, so that equal runs print equal reports. */
export function bySize(items: Iterable<[string, number]>): [string, number][] {
  return [...items].sort(
    (first, second) => second[1] - first[1] || (first[0] < second[0] ? -1 : 1),
  );
}
