/** The fingerprint of trained weights, by which runs of any world are compared bit for bit. */
import { createHash } from 'node:crypto';
import { endianness } from 'node:os';

/**
 * SHA-256 in 64 hex digits over the bytes of the canonical parameter vector, little endian; null for no weights.
 */
export function weightsSha256(weights: Float32Array | Float64Array | null): string | null {
  if (!weights) return null;
  const bytes = Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);
  const little = endianness() === 'LE' ? bytes : reversed(bytes, weights.BYTES_PER_ELEMENT);
  return createHash('sha256').update(little).digest('hex');
}

function reversed(bytes: Buffer, elementBytes: number): Buffer {
  const copy = Buffer.from(bytes);
  return elementBytes === 4 ? copy.swap32() : copy.swap64();
}
