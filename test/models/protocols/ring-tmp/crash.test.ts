import t from 'tap';
import fc from 'fast-check';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import { anyCalmRing, options, type CalmSetting } from './faulty-settings.ts';
import { crash, runFaulty, type FaultyTrace } from './faulty.ts';
import { runProtocol, sameBits } from './harness.ts';

type Options = { kind: string };

/** A part of the run without faults: faults are drawn as such, for its length is not known before. */
const moment = fc.double({ min: 0, max: 1, noNaN: true });

/** Runs without faults to learn how long it takes, then with those that follow from that; the weights must not differ. */
function survives(
  calm: CalmSetting,
  protocol: Options,
  rulesFor: (runNs: number, silenceNs: number) => FaultRule[],
): FaultyTrace {
  const plain = runFaulty({ ...calm, rules: [] }, protocol);
  if (plain.result.outcome !== 'finished')
    throw new Error(`without faults: ${plain.result.failure?.message ?? 'no end'}`);
  const rules = rulesFor(plain.result.timeNs, calm.heartbeatNs * calm.misses);
  const trace = runFaulty({ ...calm, rules }, protocol);
  const { outcome, failure } = trace.result;
  if (outcome !== 'finished') throw new Error(`${outcome}: ${failure?.message ?? 'no end'}`);
  const alone = runProtocol({ ...calm, jitter: undefined }, { kind: 'seq-sgd' });
  if (!sameBits(trace.weights, alone.weights)) throw new Error('other weights');
  return trace;
}

t.test('C: one crash of any node at any time, for good or not, changes no bit', async (t) => {
  let struck = 0;
  const returns = fc.option(fc.double({ min: 0, max: 10, noNaN: true }));
  const one = fc.record({ node: fc.nat(100), when: moment, returns });
  fc.assert(
    fc.property(anyCalmRing(3), options(fc.constantFrom(1, 2, 3)), one, (calm, protocol, one) => {
      const { node, when, returns } = one;
      const trace = survives(calm, protocol, (runNs, silenceNs) => {
        const forNs = returns === null ? null : 1 + Math.floor(returns * silenceNs);
        return [crash(node % calm.hosts.length, Math.floor(when * runNs), forNs)];
      });
      struck += trace.notes.some(({ name }) => name === 'recovered') ? 1 : 0;
    }),
    { numRuns: 150 },
  );
  t.ok(struck > 50, `${struck} were repaired`);
});

t.test('C: a second crash at any time, of one not beside the first, changes no bit', async (t) => {
  const two = fc.record({
    first: fc.nat(100),
    apart: fc.nat(100),
    when: moment,
    // Soon after the first, in the midst of its repair, or any time later.
    later: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constant(20)),
    returns: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
  });
  fc.assert(
    fc.property(anyCalmRing(5), options(fc.constantFrom(1, 2)), two, (calm, protocol, two) => {
      const count = calm.hosts.length;
      const first = two.first % count;
      const second = (first + 2 + (two.apart % (count - 3))) % count;
      survives(calm, protocol, (runNs, silenceNs) => {
        const atNs = Math.floor(two.when * runNs);
        const forNs = two.returns === null ? null : 1 + Math.floor(two.returns * silenceNs);
        const next = atNs + Math.floor(two.later * silenceNs);
        return [crash(first, atNs, forNs), crash(second, next, null)];
      });
    }),
    { numRuns: 120 },
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
      fc.double({ min: 0, max: 1, noNaN: true }),
      (calm, replicas, start, when, spread) => {
        const count = calm.hosts.length;
        // As many neighbours as a majority can do without, and as the replicas can stand in for.
        const deaths = Math.min(replicas, Math.ceil(count / 2) - 1);
        survives(calm, { kind: 'ring-tmp', replicas } as Options, (runNs, silenceNs) =>
          Array.from({ length: deaths }, (_, i) =>
            crash((start + i) % count, Math.floor(when * runNs + i * spread * silenceNs)),
          ),
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});
