/**
 * Prepares a message for leaving its thread: its arrays are moved, not copied, wherever they own their memory. It
 * knows plain data only, nothing of ports or nodes.
 */

/** Plain data whose arrays all own their whole memory, and that memory, for the transfer list. */
export interface Parcel<T> {
  readonly content: T;
  readonly buffers: ArrayBuffer[];
}

/** A typed array that owns its memory: the same one if possible, otherwise a copy. */
function alone(array: ArrayBufferView, taken: ReadonlySet<ArrayBufferLike>): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = array;
  const whole = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength;
  if (whole && !taken.has(buffer)) return array;
  if (array instanceof DataView)
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  return (array as Uint8Array).slice();
}

function pack(value: unknown, taken: Set<ArrayBufferLike>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const array = alone(value, taken);
    // Empty arrays are often shared constants, with nothing to move.
    if (array.byteLength > 0) taken.add(array.buffer);
    return array;
  }
  let packed: Record<string, unknown> | null = null;
  for (const [key, part] of Object.entries(value)) {
    const packedPart = pack(part, taken);
    if (packedPart === part) continue;
    packed ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    packed[key] = packedPart;
  }
  return packed ?? value;
}

/**
 * Packs plain data for `postMessage`. Arrays that are parts of a larger memory, share memory with an earlier array,
 * or lie on shared memory are copied. The others are given away, so that the caller finds them empty after the
 * transfer. The content's own objects are never written to.
 */
export function giveAway<T>(content: T): Parcel<T> {
  const taken = new Set<ArrayBufferLike>();
  const packed = pack(content, taken) as T;
  return { content: packed, buffers: [...taken] as ArrayBuffer[] };
}

/**
 * Packs plain data that the caller keeps: arrays that are parts of a larger memory are copied, so that the structured
 * clone of `postMessage` takes the part and not the whole memory. Nothing is transferred.
 */
export function lend<T>(content: T): T {
  return pack(content, new Set()) as T;
}
