/** Frames on a stream: the length of the content in four bytes, then the content. */
import { WireError, type WireWriter } from './codec.ts';

const LENGTH_BYTES = 4;

/** The bytes before a content of that length. */
export function frameHead(length: number): Uint8Array {
  const head = new Uint8Array(LENGTH_BYTES);
  new DataView(head.buffer).setUint32(0, length, true);
  return head;
}

/** The pieces of a frame with that content. */
export function frameOf(content: WireWriter): Uint8Array[] {
  const { pieces, length } = content.pieces();
  return [frameHead(length), ...pieces];
}

/** Puts a stream's chunks together to frames. It holds one unfinished frame, of a limited length. */
export class FrameReader {
  /** The longest content that is accepted from now on. */
  limitBytes: number;
  private readonly framed: (content: Uint8Array) => void;
  private readonly head = new Uint8Array(LENGTH_BYTES);
  private headLength = 0;
  private content: Uint8Array | null = null;
  private contentLength = 0;

  /**
   * @param limitBytes the longest content that is accepted at first
   * @param framed gets each content, which is its own
   */
  constructor(limitBytes: number, framed: (content: Uint8Array) => void) {
    this.limitBytes = limitBytes;
    this.framed = framed;
  }

  /** @throws WireError for a frame that is too long, and what `framed` throws; the stream is of no use then */
  read(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length || this.isWhole()) {
      if (this.isWhole()) {
        const whole = this.content!;
        this.content = null;
        this.framed(whole);
      } else if (this.content === null) at = this.readHead(chunk, at);
      else {
        const part = chunk.subarray(at, at + this.content.length - this.contentLength);
        this.content.set(part, this.contentLength);
        this.contentLength += part.length;
        at += part.length;
      }
    }
  }

  /** The beginning of a frame has come, and not its end. */
  get isAmidFrame(): boolean {
    return this.content !== null || this.headLength > 0;
  }

  private isWhole(): boolean {
    return this.content !== null && this.contentLength === this.content.length;
  }

  private readHead(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.headLength < LENGTH_BYTES)
      this.head[this.headLength++] = chunk[at++];
    if (this.headLength < LENGTH_BYTES) return at;
    this.headLength = 0;
    const length = new DataView(this.head.buffer).getUint32(0, true);
    if (length > this.limitBytes)
      throw new WireError(`a frame of ${length} bytes is longer than ${this.limitBytes}`);
    // All of it is written before anybody reads it.
    this.content = Buffer.allocUnsafeSlow(length);
    this.contentLength = 0;
    return at;
  }
}
