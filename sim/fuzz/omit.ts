/** A copy of an object without some of its fields. */
export function omit<T extends object, Name extends keyof T>(
  object: T,
  ...names: readonly Name[]
): Omit<T, Name> {
  const entries = Object.entries(object).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(entries) as Omit<T, Name>;
}
