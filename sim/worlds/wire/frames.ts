/**
 * Frames on a stream: how many bytes and how many large arrays follow, the length of each of those, then the content and
 * the arrays. All numbers have four bytes.
 */
import { SMALL_BYTES, WireError, WireReader, type WireWriter } from './codec.ts';

const NUMBER_BYTES = 4;
const HEAD_BYTES = 2 * NUMBER_BYTES;

/** The bytes before a content and arrays of that length. */
export function frameHead(length: number, arrayLengths: readonly number[] = []): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES + NUMBER_BYTES * arrayLengths.length);
  const view = new DataView(head.buffer);
  for (const [at, number] of [length, arrayLengths.length, ...arrayLengths].entries())
    view.setUint32(NUMBER_BYTES * at, number, true);
  return head;
}

/** The pieces of a frame with what was written. Large arrays are lent until the pieces are used. */
export function frameOf({ written: { content, arrays } }: WireWriter): Uint8Array[] {
  const lengths = arrays.map((array) => array.length);
  const length = lengths.reduce((sum, one) => sum + one, content.length);
  // In one piece: many small ones cost more than a copy.
  return [Buffer.concat([frameHead(length, lengths), content]), ...arrays];
}

/**
 * Puts a stream's chunks together to frames, each array in memory of its own. It holds one unfinished frame, of a limited
 * length.
 */
export class FrameReader {
  /** The longest content with its arrays that is accepted from now on. */
  limitBytes: number;
  private readonly framed: (content: WireReader) => void;
  /** What is being filled: the head, the lengths of arrays, or a part of the frame; and how far it is. */
  private part: Uint8Array = new Uint8Array(HEAD_BYTES);
  private filledBytes = 0;
  private then: () => void = () => this.readHead();
  private isInFrame = false;
  /** Of the frame: the content and the arrays that are whole. */
  private parts: Uint8Array[] = [];

  /**
   * @param limitBytes the longest content with its arrays that is accepted at first
   * @param framed gets each content, which is its own
   */
  constructor(limitBytes: number, framed: (content: WireReader) => void) {
    this.limitBytes = limitBytes;
    this.framed = framed;
  }

  /** @throws WireError for a frame that is too long, and what `framed` throws; the stream is of no use then */
  read(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const { part, filledBytes } = this;
      const end = Math.min(chunk.length, at + part.length - filledBytes);
      part.set(chunk.subarray(at, end), filledBytes);
      this.filledBytes += end - at;
      at = end;
      if (this.filledBytes === part.length) this.then();
    }
  }

  /** The beginning of a frame has come, and not its end. */
  get isAmidFrame(): boolean {
    return this.isInFrame || this.filledBytes > 0;
  }

  /** All of the part is written before anybody reads it. */
  private fill(length: number, then: () => void): void {
    this.part = Buffer.allocUnsafeSlow(length);
    this.filledBytes = 0;
    this.then = then;
    if (length === 0) then();
  }

  private readHead(): void {
    const [length, arrays] = numbersIn(this.part);
    if (length > this.limitBytes)
      throw new WireError(`a frame of ${length} bytes is longer than ${this.limitBytes}`);
    // Smaller ones are in the content.
    if (arrays * SMALL_BYTES > length)
      throw new WireError(`${arrays} arrays do not fit into a frame of ${length} bytes`);
    this.isInFrame = true;
    this.fill(NUMBER_BYTES * arrays, () => this.readLengths(length));
  }

  private readLengths(length: number): void {
    const arrayLengths = numbersIn(this.part);
    const content = arrayLengths.reduce((left, one) => left - one, length);
    if (content < 0)
      throw new WireError(`the arrays are longer than their frame of ${length} bytes`);
    this.readParts([content, ...arrayLengths]);
  }

  private readParts([length, ...others]: number[]): void {
    this.fill(length, () => {
      this.parts.push(this.part);
      if (others.length > 0) return this.readParts(others);
      const [content, ...arrays] = this.parts;
      this.parts = [];
      this.isInFrame = false;
      this.fill(HEAD_BYTES, () => this.readHead());
      this.framed(new WireReader({ content, arrays }));
    });
  }
}

function numbersIn(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / NUMBER_BYTES }, (_, at) =>
    view.getUint32(NUMBER_BYTES * at, true),
  );
}
