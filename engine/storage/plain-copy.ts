/** Copies of plain data, so that two owners never share memory that either could change. */

/**
 * A deep copy of numbers, strings, booleans, null, undefined, typed arrays, and arrays and plain objects of those. A frozen
 * array of numbers or words is its own copy: the members of a view are in the records of all of them.
 * Throws for anything else, naming its path.
 */
export function plainCopy<T>(value: T, path: string = 'value'): T {
  return copyOf(value, path) as T;
}

function copyOf(value: unknown, path: string): unknown {
  if (isPrimitive(value)) return value;
  if (typeof value !== 'object') throw notPlain(path, `a ${typeof value}`);
  if (isFixed(value)) return value;
  if (Array.isArray(value))
    return value.map((item, at) => (isPrimitive(item) ? item : copyOf(item, `${path}[${at}]`)));
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return (value as Float64Array).slice();
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null)
    throw notPlain(path, `a ${prototype.constructor.name}`);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = copyOf(item, `${path}.${key}`);
  return copy;
}

/** Frozen arrays of primitives, each looked through once: they are long, and every node of a view keeps them. */
const fixed = new WeakSet<object>();

function isFixed(value: object): boolean {
  if (fixed.has(value)) return true;
  if (!Array.isArray(value) || !Object.isFrozen(value) || !value.every(isPrimitive)) return false;
  fixed.add(value);
  return true;
}

function isPrimitive(value: unknown): value is null | undefined | number | string | boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

function notPlain(path: string, found: string): TypeError {
  return new TypeError(
    `${path} is ${found}; plain data (numbers, strings, typed arrays, arrays and objects of those) ` +
      'would be right',
  );
}
