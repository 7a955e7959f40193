/** Messages leave a thread with their memory moved, never shared and never with more than they own. */
import fc from 'fast-check';
import t from 'tap';
import { giveAway, lend } from '../../../sim/worlds/give-away.ts';

t.test('an array that owns its memory is given away as it is', async (t) => {
  const values = Float32Array.of(1, 2);
  const { content, buffers } = giveAway({ kind: 'x', values });
  t.equal(content.values, values);
  t.same(buffers, [values.buffer]);
});

t.test('a part of a larger memory is copied, and the rest stays home', async (t) => {
  const whole = Float64Array.of(1, 2, 3, 4);
  const message = { kind: 'x', deep: [{ part: whole.subarray(1, 3) }] };
  const { content, buffers } = giveAway(message);
  t.same(content.deep[0].part, Float64Array.of(2, 3));
  t.equal(content.deep[0].part.buffer.byteLength, 16);
  t.not(content.deep[0].part.buffer, whole.buffer);
  t.equal(buffers.length, 1);
  t.equal(message.deep[0].part.buffer, whole.buffer, "the sender's object is not written to");
});

t.test('what shares memory is given away once, what is on shared memory is copied', async (t) => {
  const values = Uint8Array.of(1);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  const { content, buffers } = giveAway({ first: values, second: values, shared });
  t.equal(content.first, values);
  t.not(content.second.buffer, values.buffer);
  t.ok(content.shared.buffer instanceof ArrayBuffer);
  t.equal(buffers.length, 3);
});

t.test('empty arrays, often shared constants, stay usable', async (t) => {
  const none = new Float32Array(0);
  const { content, buffers } = giveAway({ none, part: Float32Array.of(1).subarray(1) });
  t.same(buffers, []);
  t.equal(content.none, none);
  t.equal(content.part.buffer.byteLength, 0);
});

const array = fc.float32Array({ maxLength: 5 });
const part = array.chain((whole) =>
  fc.nat(whole.length).map((from) => whole.subarray(from, whole.length)),
);
const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null), array, part);
const message = fc.record({
  kind: fc.string(),
  list: fc.array(leaf, { maxLength: 4 }),
  inner: fc.record({ leaf, list: fc.array(fc.record({ leaf }), { maxLength: 3 }) }),
});

t.test('any plain data arrives as it was', async () => {
  fc.assert(
    fc.property(message, (sent) => {
      const before = structuredClone(sent);
      const { content, buffers } = giveAway(sent);
      const arrived = structuredClone(content, { transfer: buffers });
      return fc.stringify(arrived) === fc.stringify(before);
    }),
  );
});

t.test('what is lent stays whole with its owner', async (t) => {
  const whole = Float64Array.of(1, 2, 3);
  const note = lend({ values: whole.subarray(0, 2) });
  t.equal(structuredClone(note).values.buffer.byteLength, 16);
  t.equal(whole.length, 3);
});
