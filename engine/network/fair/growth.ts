/** Typed arrays that grow with the number of flows: copies into a larger array, filled out with a value. */

/** The next size to grow to: a power of two that holds `needed`, so that growing costs constant time an item. */
export function grownCapacity(needed: number): number {
  let capacity = 16;
  while (capacity < needed) capacity *= 2;
  return capacity;
}

export function grownFloats(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const into = new Float64Array(capacity);
  into.set(from);
  return into;
}

export function grownIntegers(
  from: Int32Array,
  capacity: number,
  fill = -1,
): Int32Array<ArrayBuffer> {
  const into = new Int32Array(capacity).fill(fill, from.length);
  into.set(from);
  return into;
}

export function grownBytes(from: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const into = new Uint8Array(capacity);
  into.set(from);
  return into;
}
