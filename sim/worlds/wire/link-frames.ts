/** What two nodes say on a connection: that they are there and how much has come, messages, and that it is over. */
import type { NodeId } from '../../../engine/world.ts';
import type { Envelope } from '../mail.ts';
import { WireError, type WireReader, WireWriter } from './codec.ts';
import { readEnvelope, writeEnvelope } from './envelope-frames.ts';
import { frameOf } from './frames.ts';

/** Bytes of messages, over all connections between the same two incarnations of nodes. */
export interface Progress {
  /** In messages that have arrived whole. */
  readonly receivedBytes: number;
  /** Of those, what the node has drained. */
  readonly drainedBytes: number;
}

export type LinkMessage =
  /** Said first by both sides of each connection; `isFirst` where the caller has not called before. */
  | ({ readonly kind: 'here'; readonly isFirst: boolean } & Progress)
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'drained'; readonly drainedBytes: number }
  /** Nothing follows, on this connection or another. */
  | { readonly kind: 'over'; readonly why: string };

const KINDS: readonly LinkMessage['kind'][] = ['here', 'envelope', 'drained', 'over'];

/** The pieces of a frame, to be written one after the other. Large arrays are lent until they are written. */
export function linkFrame(message: LinkMessage): Uint8Array[] {
  const writer = new WireWriter().integer32(KINDS.indexOf(message.kind));
  switch (message.kind) {
    case 'here':
      writer.integer32(message.isFirst ? 1 : 0);
      writer.number64(message.receivedBytes).number64(message.drainedBytes);
      break;
    case 'envelope':
      writeEnvelope(writer, message.envelope);
      break;
    case 'drained':
      writer.number64(message.drainedBytes);
      break;
    case 'over':
      writer.value(message.why);
  }
  return frameOf(writer);
}

/**
 * Reads the content of a frame.
 *
 * @param peer who may have sent it
 * @throws WireError
 */
export function readLinkFrame(reader: WireReader, peer: NodeId): LinkMessage {
  const message = readMessage(reader, peer);
  reader.end();
  return message;
}

function readMessage(reader: WireReader, peer: NodeId): LinkMessage {
  const number = reader.integer32();
  const kind = KINDS[number] as LinkMessage['kind'] | undefined;
  switch (kind) {
    case 'here': {
      const isFirst = reader.integer32() === 1;
      return { kind, isFirst, receivedBytes: count(reader), drainedBytes: count(reader) };
    }
    case 'envelope':
      return { kind, envelope: readEnvelope(reader, peer) };
    case 'drained':
      return { kind, drainedBytes: count(reader) };
    case 'over': {
      const why = reader.value();
      if (typeof why !== 'string') throw new WireError('the reason is no text');
      return { kind, why };
    }
    default:
      throw new WireError(`no kind of frame has the number ${number}`);
  }
}

function count(reader: WireReader): number {
  const bytes = reader.number64();
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new WireError('the bytes are no number');
  return bytes;
}
