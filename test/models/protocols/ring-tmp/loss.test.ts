import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, badWire, options, pause, survives } from './faulty-settings.ts';

const replicas = fc.constantFrom(1, 2);

t.test('C: loss, duplication and reordering change no bit', async (t) => {
  let lost = 0;
  fc.assert(
    fc.property(anyCalmRing(2), options(replicas), badWire, (calm, protocol, fault) => {
      lost += survives(calm, protocol, fault).result.messagesLost;
    }),
    { numRuns: 100 },
  );
  t.ok(lost > 100, `${lost} frames were lost`);
});

t.test('C: pauses shorter and longer than the detector waits change no bit', async (t) => {
  let left = 0;
  let back = 0;
  fc.assert(
    fc.property(anyCalmRing(3), options(replicas), pause, (calm, protocol, fault) => {
      const { notes } = survives(calm, protocol, fault);
      const recoveries = notes.filter(({ name }) => name === 'recovered');
      left += recoveries.length > 0 ? 1 : 0;
      back += recoveries.some(({ value }) => (value as { joined: number[] }).joined.length > 0)
        ? 1
        : 0;
    }),
    { numRuns: 100 },
  );
  t.ok(left > 10, `${left} were suspected`);
  t.ok(back > 0, `${back} came back`);
});
