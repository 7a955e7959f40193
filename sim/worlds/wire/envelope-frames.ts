/** Messages between nodes on the wire: who sent it when, and how large it is to the network, then the message. */
import type { Message, NodeId } from '../../../engine/world.ts';
import type { Envelope } from '../mail.ts';
import { WireError, type WireReader, type WireWriter } from './codec.ts';

/** Large arrays are lent until they are written. */
export function writeEnvelope(
  writer: WireWriter,
  { from, sentNs, leftNs, bytes, message }: Envelope,
): WireWriter {
  return writer.integer32(from).number64(sentNs).number64(leftNs).number64(bytes).value(message);
}

/**
 * Reads what is left.
 *
 * @param peer who may have sent it
 * @throws WireError
 */
export function readEnvelope(reader: WireReader, peer: NodeId): Envelope {
  const from = reader.integer32();
  if (from !== peer) throw new WireError(`node ${peer} sends in the name of node ${from}`);
  const [sentNs, leftNs, bytes] = [reader.number64(), reader.number64(), reader.number64()];
  if (!Number.isFinite(sentNs) || !Number.isFinite(leftNs))
    throw new WireError('the time of sending is no number');
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new WireError('the size is no number');
  const message = reader.value();
  reader.end();
  if (typeof message !== 'object' || message === null || !hasKind(message))
    throw new WireError('the content is no message: it has no kind');
  return { from, sentNs, leftNs, bytes, message };
}

function hasKind(content: object): content is Message {
  return 'kind' in content && typeof content.kind === 'string';
}
