/** The fingerprint of trained weights, to compare runs of any world bit for bit. */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { FloatArray } from '../../models/learning/float-array.ts';

/**
 * SHA-256 in 64 hex digits over the bytes of the canonical parameter vector, little endian; null for no weights.
 */
export function weightsSha256(weights: FloatArray | null): string | null {
  return weights && createHash('sha256').update(littleEndian(weights)).digest('hex');
}

/** The bytes of the numbers, little endian on any machine. */
export function littleEndian(numbers: FloatArray): Buffer {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  return numbers.BYTES_PER_ELEMENT === 4 ? copy.swap32() : copy.swap64();
}
