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

/** Rounds a number to the precision: what storing it in such an array would do. */
export function rounding(precision: Precision): (value: number) => number {
  return precision === 32 ? Math.fround : (value) => value;
}
