/** Messages between processes: they arrive as they were, and what is no message is refused, whatever it is. */
import fc from 'fast-check';
import t from 'tap';
import type { Envelope } from '../../../../sim/worlds/mail.ts';
import { WireError, WireReader, WireWriter } from '../../../../sim/worlds/wire/codec.ts';
import { readEnvelope } from '../../../../sim/worlds/wire/envelope-frames.ts';
import { frameHead, FrameReader } from '../../../../sim/worlds/wire/frames.ts';
import { linkFrame, readLinkFrame } from '../../../../sim/worlds/wire/link-frames.ts';

const LIMIT = 2 ** 20;

const typed = fc.oneof(
  fc.uint8Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.uint16Array(),
  fc.uint8Array({ minLength: 2000, maxLength: 3000 }),
  // A part of a larger memory.
  fc.float64Array({ minLength: 3 }).map((array) => array.subarray(1, 3)),
);
const plain = fc.letrec((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, undefined, true, false, -0, NaN, Infinity, 2 ** 31, -(2 ** 31)),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'grapheme' }),
    typed,
    fc.array(tie('data')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('data'),
      { noNullPrototype: true },
    ),
  ),
})).data;

const message = fc
  .tuple(fc.string(), plain)
  .map(([kind, content]) => ({ kind, content }) as Envelope['message']);
const envelope: fc.Arbitrary<Envelope> = fc.record(
  { from: fc.nat(1_000_000), sentNs: fc.nat(), leftNs: fc.nat(), bytes: fc.nat(), message },
  { noNullPrototype: true },
);

function frameOf(sent: Envelope): Uint8Array {
  return Buffer.concat(linkFrame({ kind: 'envelope', envelope: sent }));
}

function envelopeIn(content: WireReader, peer: number): Envelope {
  const message = readLinkFrame(content, peer);
  if (message.kind !== 'envelope') throw new Error(`a frame of kind ${message.kind}`);
  return message.envelope;
}

/** Reads a stream in pieces of that size; the contents of its frames. */
function contentsOf(stream: Uint8Array, pieceBytes: number, limit = LIMIT): WireReader[] {
  const contents: WireReader[] = [];
  const reader = new FrameReader(limit, (content) => contents.push(content));
  for (let at = 0; at < stream.length; at += pieceBytes)
    reader.read(stream.subarray(at, at + pieceBytes));
  return contents;
}

t.test('messages arrive whole, in order and equal, however the stream is cut', async (t) => {
  fc.assert(
    fc.property(fc.array(envelope), fc.integer({ min: 1, max: 5000 }), (sent, pieceBytes) => {
      const stream = Buffer.concat(sent.map(frameOf));
      const contents = contentsOf(stream, pieceBytes);
      t.equal(contents.length, sent.length);
      for (const [at, content] of contents.entries())
        t.strictSame(envelopeIn(content, sent[at].from), sent[at]);
    }),
    { numRuns: 300 },
  );
});

t.test('arrays that arrive own their memory, large or small: they can be given on', async (t) => {
  for (const length of [2, 2000]) {
    const sent = frameOf({
      from: 1,
      sentNs: 0,
      leftNs: 0,
      bytes: 4 * length,
      message: { kind: 'weights', content: new Float32Array(length) } as Envelope['message'],
    });
    const { message } = envelopeIn(contentsOf(sent, 7)[0], 1);
    const { content } = message as unknown as { content: Float32Array };
    t.equal(content.length, length);
    t.equal(content.buffer.byteLength, content.byteLength);
  }
});

/**
 * What reading did with the bytes of a stream: refused, or waits for more; or a message that is plain data. Anything else
 * throws.
 */
function tryToRead(stream: Uint8Array): 'refused' | 'read' {
  try {
    const [content] = contentsOf(stream, stream.length);
    if (content === undefined) return 'refused';
    readLinkFrame(content, 0);
    return 'read';
  } catch (error) {
    if (error instanceof WireError) return 'refused';
    throw error;
  }
}

t.test('any bytes are refused, or are a message: 10,000 of them', async (t) => {
  let refused = 0;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isFramed) => {
      const stream = isFramed ? framed(bytes) : bytes;
      if (tryToRead(stream) === 'refused') refused++;
    }),
    { numRuns: 10_000 },
  );
  t.ok(refused > 9_990, `${refused} of 10,000 refused`);
});

t.test('a message in which a byte is another is refused, or is a message', async (t) => {
  let refused = 0;
  fc.assert(
    fc.property(envelope, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, place, change) => {
      const frame = frameOf({ ...sent, from: 0 });
      frame[place % frame.length] ^= change;
      if (tryToRead(frame) === 'refused') refused++;
    }),
    { numRuns: 1000 },
  );
  t.ok(refused > 50, `${refused} refused`);
});

t.test('every shortened message is refused', async (t) => {
  const frame = frameOf({
    from: 0,
    sentNs: 1,
    leftNs: 1,
    bytes: 2,
    message: { kind: 'k', part: [1.5, 'two', new Uint8Array(3)] } as Envelope['message'],
  });
  const content = frame.subarray(frameHead(0).length);
  t.equal(tryToRead(framed(content)), 'read');
  for (let length = 0; length < content.length; length++)
    t.equal(tryToRead(framed(content.subarray(0, length))), 'refused', `${length} bytes`);
});

t.test('what is said of arrays is not believed', async (t) => {
  const kilobyte = new Uint8Array(1024);
  const cases: [Uint8Array[], RegExp][] = [
    [[frameHead(1024, [1, 1])], /2 arrays do not fit into a frame of 1024 bytes/],
    [[frameHead(2048, [2000, 49])], /the arrays are longer than their frame of 2048 bytes/],
    [[frameHead(1024, [1024]), kilobyte], /bytes were announced/],
    [[frameHead(1028, [1024]), new Uint8Array([3, 0, 0, 0]), kilobyte], /bytes were announced/],
  ];
  for (const [pieces, sentence] of cases) {
    const stream = Buffer.concat(pieces);
    t.throws(() => readLinkFrame(contentsOf(stream, 100)[0], 0), { message: sentence });
  }
  const apart = (type: number) => Uint8Array.of(10, type);
  const read = (content: Uint8Array, ...arrays: Uint8Array[]) => {
    const reader = new WireReader({ content, arrays });
    reader.value();
    reader.end();
  };
  t.doesNotThrow(() => read(apart(0), kilobyte));
  t.throws(() => read(apart(0)), { message: /an array was announced, and is not there/ });
  t.throws(() => read(apart(0), kilobyte, kilobyte), { message: /1 arrays are left over/ });
  t.throws(() => read(apart(99), kilobyte), { message: /no such type of array/ });
  t.throws(() => read(apart(7), new Uint8Array(1025)), { message: /no whole number of elements/ });
});

t.test('a sentence says what is wrong', async (t) => {
  const cases: [Uint8Array, RegExp][] = [
    [bytesOf(0, { kind: 5 }), /no message: it has no kind/],
    [bytesOf(0, [1]), /no message/],
    [bytesOf(3, { kind: 'k' }), /node 0 sends in the name of node 3/],
    [Buffer.concat([bytesOf(0, { kind: 'k' }), new Uint8Array(2)]), /2 bytes are left over/],
    [Buffer.concat([bytesOf(0, null).subarray(0, -1), new Uint8Array([77])]), /number 77/],
    // An array of four thousand million parts, of which none is there.
    [
      Buffer.concat([bytesOf(0, null).subarray(0, -1), new Uint8Array([7, 255, 255, 255, 255])]),
      /4294967295 parts do not fit/,
    ],
  ];
  for (const [content, sentence] of cases)
    t.throws(() => readEnvelope(new WireReader({ content, arrays: [] }), 0), { message: sentence });
  const deep: unknown[] = [];
  let inner = deep;
  for (let depth = 0; depth < 70; depth++) inner.push((inner = []));
  t.throws(() => new WireWriter().value(deep), { message: /more than 64 deep/ });
  const sevens = { content: new Uint8Array(1000).fill(7), arrays: [] };
  t.throws(() => new WireReader(sevens).value(), { message: /parts do not fit/ });
  t.throws(() => new WireWriter().value(() => 0), { message: /a function is no plain data/ });
});

t.test('a frame over the limit is refused before memory is taken for it', async (t) => {
  t.throws(() => contentsOf(frameHead(LIMIT + 1), 1), { message: /longer than 1048576/ });
  t.same(contentsOf(Buffer.concat([frameHead(LIMIT), new Uint8Array(LIMIT)]), 999).length, 1);
});

function bytesOf(from: number, message: unknown): Uint8Array {
  const { content } = new WireWriter()
    .integer32(from)
    .number64(0)
    .number64(0)
    .number64(0)
    .value(message).written;
  return content;
}

function framed(content: Uint8Array): Uint8Array {
  return Buffer.concat([frameHead(content.length), content]);
}
