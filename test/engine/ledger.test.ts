import fc from 'fast-check';
import t from 'tap';
import { Ledger, OutOfMemory } from '../../engine/ledger.ts';

t.test('the peaks are the highest sums ever held', async (t) => {
  const entry = fc.record({
    item: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.integer({ min: -50, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 100 }), (entries) => {
      const ledger = new Ledger(Infinity);
      const held: Record<string, number> = {};
      const peaks: Record<string, number> = {};
      let peak = 0;
      for (const { item, bytes } of entries) {
        if (bytes >= 0) ledger.hold(item, bytes);
        else if ((held[item] ?? 0) < -bytes) continue;
        else ledger.release(item, -bytes);
        held[item] = (held[item] ?? 0) + bytes;
        peaks[item] = Math.max(peaks[item] ?? 0, held[item]);
        const sum = Object.values(held).reduce((total, one) => total + one, 0);
        peak = Math.max(peak, sum);
        if (ledger.heldBytes !== sum) return false;
      }
      return ledger.peakBytes === peak && JSON.stringify(ledger.peaks()) === JSON.stringify(peaks);
    }),
  );
  t.pass();
});

t.test('the limit itself fits, one byte more does not', async (t) => {
  const ledger = new Ledger(100);
  ledger.hold('weights', 60);
  ledger.hold('stash', 40);
  ledger.release('stash', 40);
  ledger.hold('inbox', 40);
  t.throws(
    () => ledger.hold('stash', 1),
    new OutOfMemory(
      "holding 1 B more of 'stash' goes 1 B over the 100 B of the host",
      { weights: 60, stash: 1, inbox: 40 },
      100,
    ),
  );
  t.equal(ledger.peakBytes, 100, 'what was refused was never held');
});

t.test('releasing more than is held is an error', async (t) => {
  const ledger = new Ledger(100);
  ledger.hold('a', 5);
  t.throws(() => ledger.release('a', 6), /6 bytes of 'a' were to be released, but only 5 are held/);
  t.throws(() => ledger.release('b', 1), /but only 0 are held/);
  t.throws(() => ledger.hold('a', -1), /-1 bytes of 'a' were given/);
  t.throws(() => ledger.hold('a', Infinity), /Infinity bytes/);
});
