import fc from 'fast-check';
import t from 'tap';
import { plainCopy } from '../../engine/storage/plain-copy.ts';

const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.float64Array({ maxLength: 4 }),
    fc.float32Array({ maxLength: 4 }),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** Every object and array in a value. */
function parts(value: unknown, found: object[] = []): object[] {
  if (typeof value !== 'object' || value === null) return found;
  found.push(value);
  if (!ArrayBuffer.isView(value)) for (const part of Object.values(value)) parts(part, found);
  return found;
}

t.test('a copy of plain data is equal to it, and shares nothing with it', async (t) => {
  fc.assert(
    fc.property(plain, (value) => {
      const copy = plainCopy(value);
      const own = new Set(parts(value));
      return (
        fc.stringify(copy) === fc.stringify(value) && !parts(copy).some((part) => own.has(part))
      );
    }),
  );
  t.pass();
});

t.test('a copy of part of a buffer is that part alone', async (t) => {
  const part = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const copy = plainCopy(part);
  t.same(copy, new Float32Array([2, 3]));
  t.equal(copy.buffer.byteLength, 8);
});

t.test('what is not plain is refused, by its path', async (t) => {
  class Tensor {}
  t.throws(() => plainCopy({ a: [1, { b: () => 1 }] }, 'it'), /it\.a\[1\]\.b is a function; plain/);
  t.throws(() => plainCopy([new Tensor()]), /value\[0\] is a Tensor/);
  t.throws(() => plainCopy({ m: new Map() }), /value\.m is a Map/);
  t.throws(() => plainCopy(1n), /value is a bigint/);
});

t.test('a frozen list of plain values is its own copy, also the second time', async (t) => {
  const members = Object.freeze([0, 'one', null]);
  t.equal(plainCopy(members), members);
  t.equal(plainCopy({ members }).members, members);
});

t.test('a frozen list of what could change is copied', async (t) => {
  const list = Object.freeze([{ a: 1 }]);
  for (const copy of [plainCopy(list), plainCopy(list)]) {
    t.same(copy, list);
    t.not(copy[0], list[0]);
  }
});
