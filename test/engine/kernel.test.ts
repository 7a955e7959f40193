import fc from 'fast-check';
import t from 'tap';
import { Digest } from '../../engine/digest.ts';
import { Kernel, NEVER } from '../../engine/kernel.ts';

t.test('events of one instant run in the order of scheduling', async (t) => {
  const kernel = new Kernel(1);
  const seen: string[] = [];
  const kind = kernel.register((a) => {
    seen.push(`${kernel.now}: ${a}`);
    if (a < 3) kernel.schedule(5, kind, a + 10, 0);
  });
  for (const a of [1, 2, 3]) kernel.schedule(5, kind, a, 0);
  kernel.schedule(4, kind, 4, 0);
  t.equal(kernel.run(100), 6);
  t.same(seen, ['4: 4', '5: 1', '5: 2', '5: 3', '5: 11', '5: 12']);
  t.same([kernel.events, kernel.pending, kernel.now], [6, 0, 5]);
});

t.test('run stops after that many events and goes on from there', async (t) => {
  const kernel = new Kernel(1);
  const tick = kernel.register((a) => {
    if (a === 7) kernel.stop();
    kernel.schedule(kernel.now + 1, tick, a + 1, 0);
  });
  kernel.schedule(0, tick, 0, 0);
  t.equal(kernel.run(5), 5);
  t.equal(kernel.run(5), 3, 'stop takes effect after the current event');
  t.ok(kernel.stopped);
  t.equal(kernel.run(5), 0);
});

t.test('a time in the past, with a fraction or none at all is refused', async (t) => {
  const kernel = new Kernel(1);
  const kind = kernel.register(() => undefined);
  kernel.schedule(10, kind, 0, 0);
  kernel.run(1);
  for (const timeNs of [9, 10.5, NaN, -Infinity])
    t.throws(() => kernel.schedule(timeNs, kind, 0, 0), /a whole number from 10 \(now\) would be/);
  t.notOk(kernel.cancel(kernel.schedule(10, kind, 0, 0)) && kernel.run(1), 'cancelled');
});

t.test('what would be at the end of modelled time or beyond never comes', async (t) => {
  const kernel = new Kernel(1);
  const kind = kernel.register(() => undefined);
  t.not(kernel.schedule(2 ** 53 - 2, kind, 0, 0), NEVER);
  t.notOk(kernel.isCutOff);
  for (const timeNs of [2 ** 53 - 1, 2 ** 53, 1e300, Infinity])
    t.equal(kernel.schedule(timeNs, kind, 0, 0), NEVER);
  t.ok(kernel.isCutOff);
  t.notOk(kernel.cancel(NEVER));
  t.equal(kernel.run(9), 1);
  t.equal(kernel.now, 2 ** 53 - 2);
});

t.test('the digest tells any two runs apart that differ in one event', async (t) => {
  const event = fc.tuple(fc.maxSafeNat(), fc.nat(50), fc.integer(), fc.integer());
  const digest = (events: [number, number, number, number][], seed = 0): string => {
    const folded = new Digest(seed);
    for (const one of events) folded.fold(...one);
    return folded.toString();
  };
  fc.assert(
    fc.property(fc.array(event), fc.array(event), event, event, (before, after, one, other) => {
      const run = digest([...before, one, ...after]);
      fc.pre(one.join() !== other.join());
      return (
        /^[0-9a-f]{16}$/.test(run) &&
        run === digest([...before, one, ...after]) &&
        run !== digest([...before, other, ...after]) &&
        digest([one, other]) !== digest([other, one])
      );
    }),
  );
  t.not(digest([], 1), digest([], 2), 'and seeds');
  t.not(digest([], 1), digest([], 1 + 2 ** 32), 'all 53 bits of them');
});

t.test('every bit of an event changes about half of the digest', async (t) => {
  const digest = (...event: [number, number, number, number]): bigint => {
    const folded = new Digest(7);
    folded.fold(...event);
    for (let i = 0; i < 2; i++) folded.fold(i, 1, 2, 3);
    return BigInt(`0x${folded.toString()}`);
  };
  const base = digest(1e9, 1, 5, 6);
  let fewest = 64;
  for (let bit = 0; bit < 31; bit++)
    for (const other of [
      digest(1e9 + 2 ** bit, 1, 5, 6),
      digest(1e9, 1 ^ (1 << bit), 5, 6),
      digest(1e9, 1, 5 ^ (1 << bit), 6),
      digest(1e9, 1, 5, 6 ^ (1 << bit)),
    ]) {
      const changed = (base ^ other).toString(2).replaceAll('0', '').length;
      fewest = Math.min(fewest, changed);
    }
  t.ok(fewest >= 12, `the fewest bits changed were ${fewest} of 64`);
});
