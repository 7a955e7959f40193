/** Copies plain data from what a module exports. What cannot be read, or is no data, is refused by its path. */
import { BadInput } from './bad-input.ts';
import { MOST_VALUES } from './schema/ranges.ts';
import { show, showPath } from './show.ts';

const DEEPEST = 20;

/**
 * A copy in plain objects, lists, texts and numbers; what is wrong with those the schema finds. An object of a class
 * becomes a plain one with its own fields.
 * @throws BadInput for functions and symbols, for what throws when it is read, and for what is nested too deep
 */
export function plainCopy(value: unknown, path: readonly PropertyKey[] = []): unknown {
  if (path.length > DEEPEST)
    throw new BadInput(
      `the scenario is nested more than ${DEEPEST} deep; plain data would be right`,
    );
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new BadInput(`${showPath(path)} is ${show(value)}; plain data would be right`);
  if (value === null || typeof value !== 'object') return value;
  const isList = reading(path, () => Array.isArray(value));
  if (isList)
    checkLength(
      reading(path, () => (value as unknown[]).length),
      path,
    );
  const keys = reading(path, () =>
    isList ? [...(value as unknown[]).keys()] : Object.keys(value),
  );
  const copies = keys.map((key) => {
    const inner = [...path, key];
    const held = reading(inner, () => (value as Record<PropertyKey, unknown>)[key]);
    return [key, plainCopy(held, inner)] as const;
  });
  return isList ? copies.map(([, copy]) => copy) : Object.fromEntries(copies);
}

/**
 * Checks the lengths of lists in plain data, before anything looks at each value.
 * @throws BadInput for the first list that is too long
 */
export function checkLists(value: unknown, path: readonly PropertyKey[] = []): void {
  // The schema refuses deeper nesting anyway.
  if (value === null || typeof value !== 'object' || path.length > DEEPEST) return;
  if (Array.isArray(value)) checkLength(value.length, path);
  for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value))
    if (inner !== null && typeof inner === 'object') checkLists(inner, [...path, key]);
}

function checkLength(length: number, path: readonly PropertyKey[]): void {
  if (length > MOST_VALUES)
    throw new BadInput(
      `${showPath(path)} is a list of ${length}; at most ${MOST_VALUES} values would be right`,
    );
}

/** Reads a property: a getter or a proxy may run any code, and fail. */
function reading<T>(path: readonly PropertyKey[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why = error instanceof Error ? error.message : show(error);
    throw new BadInput(`${showPath(path)} cannot be read (${why}); plain data would be right`);
  }
}
