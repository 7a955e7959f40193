import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, options, part, survives } from './faulty-settings.ts';
import { crash } from './faulty.ts';

type Options = { kind: string };

/** A part of the run without faults: faults are drawn as such, for its length is not known before. */
const moment = part(1);

t.test('C: one crash of any node at any time, for good or not, changes no bit', async (t) => {
  let struck = 0;
  const returns = fc.option(part(10));
  const one = fc.record({ node: fc.nat(100), when: moment, returns });
  fc.assert(
    fc.property(anyCalmRing(3), options(fc.constantFrom(1, 2, 3)), one, (calm, protocol, one) => {
      const { node, when, returns } = one;
      const trace = survives(calm, protocol, ({ runNs, silenceNs }) => {
        const forNs = returns === null ? null : 1 + Math.floor(returns * silenceNs);
        return [crash(node % calm.hosts.length, Math.floor(when * runNs), forNs)];
      });
      struck += trace.notes.some(({ name }) => name === 'recovered') ? 1 : 0;
    }),
    { numRuns: 60 },
  );
  t.ok(struck > 20, `${struck} were repaired`);
});

t.test('C: a second crash at any time, of one not beside the first, changes no bit', async (t) => {
  const two = fc.record({
    first: fc.nat(100),
    apart: fc.nat(100),
    when: moment,
    // Soon after the first, in the midst of its repair, or any time later.
    later: fc.oneof(part(3), fc.constant(20)),
    returns: fc.option(part(10)),
  });
  fc.assert(
    fc.property(anyCalmRing(5), options(fc.constantFrom(1, 2)), two, (calm, protocol, two) => {
      const count = calm.hosts.length;
      const first = two.first % count;
      const second = (first + 2 + (two.apart % (count - 3))) % count;
      survives(calm, protocol, ({ runNs, silenceNs }) => {
        const atNs = Math.floor(two.when * runNs);
        const forNs = two.returns === null ? null : 1 + Math.floor(two.returns * silenceNs);
        const next = atNs + Math.floor(two.later * silenceNs);
        return [crash(first, atNs, forNs), crash(second, next, null)];
      });
    }),
    { numRuns: 50 },
  );
  t.pass();
});

t.test('C: f deaths of which no r+1 are neighbours change no bit, r = 2 and 3', async (t) => {
  fc.assert(
    fc.property(
      anyCalmRing(5),
      fc.constantFrom(2, 3),
      fc.nat(100),
      moment,
      part(1),
      (calm, replicas, start, when, spread) => {
        const count = calm.hosts.length;
        // As many neighbours as a majority can do without, and as the replicas can stand in for.
        const deaths = Math.min(replicas, Math.ceil(count / 2) - 1);
        survives(calm, { kind: 'ring-tmp', replicas } as Options, ({ runNs, silenceNs }) =>
          Array.from({ length: deaths }, (_, i) =>
            crash((start + i) % count, Math.floor(when * runNs + i * spread * silenceNs)),
          ),
        );
      },
    ),
    { numRuns: 40 },
  );
  t.pass();
});
