/** The element types of every tensor here. Precision is the scenario's, in memory, on the wire and in sums. */
export type FloatArray = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

export type Precision = 32 | 64;

/** `length` zeros of that precision, on a buffer of their own. */
export function allocate(precision: Precision, length: number): FloatArray {
  return precision === 32 ? new Float32Array(length) : new Float64Array(length);
}

/** The precision of the array's elements, in bits. */
export function precisionOf(array: FloatArray): Precision {
  return array instanceof Float32Array ? 32 : 64;
}

/**
 * Rounds a number to the precision, as storing it in such an array would. Hot loops call this with a flag rather
 * than a function chosen once: V8 inlines it, and keeps doing so after a buffer of the thread was transferred.
 */
export function round(single: boolean, value: number): number {
  return single ? Math.fround(value) : value;
}
