/** PROTOCOLS C: a cut cable is the network's business; where there is no other way, a pair costs one member at most. */
import t from 'tap';
import fc from 'fast-check';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import { anyCalmRing, cutEdge, options, part, survives } from './faulty-settings.ts';
import { atTime, recoveriesOf } from './faulty.ts';

const replicas = fc.constantFrom(1, 2);
const anyCut = fc.record({ node: fc.nat(100), when: part(0.8), oneWay: fc.boolean() });

function cutForGood(nodes: number, one: number, oneWay: boolean, atNs: number): FaultRule {
  const from = one % nodes;
  const scope = { from: [from], to: [(from + 1) % nodes], oneWay };
  return atTime(atNs, { kind: 'cut', scope, forNs: null });
}

t.test(
  'C: a cable of a ring cut for good costs no member where routes go round in time',
  async (t) => {
    let around = 0;
    fc.assert(
      fc.property(anyCalmRing(3), options(replicas), anyCut, (calm, protocol, cut) => {
        const network = { ...calm.network!, kind: 'ring' as const };
        const { heartbeatNs: rerouteAfterNs } = calm;
        // Long enough for the longest way, and with a beat to spare.
        const patient = { ...calm, network, jitter: undefined, misses: 4, rerouteAfterNs };
        const trace = survives(patient, protocol, ({ nodes, runNs }) => [
          cutForGood(nodes, cut.node, cut.oneWay, Math.floor(cut.when * runNs)),
        ]);
        if (recoveriesOf(trace).length > 0) throw new Error('the view has changed');
        around++;
      }),
      { numRuns: 40 },
    );
    t.ok(around > 30);
  },
);

t.test(
  'C: a pair that cannot hear each other for good costs one member at most, and few views',
  async (t) => {
    let repaired = 0;
    fc.assert(
      fc.property(anyCalmRing(3), options(replicas), anyCut, (calm, protocol, cut) => {
        const nodes = calm.hosts.length;
        const network = { ...calm.network!, kind: 'star' as const };
        const longer = { ...calm, network, training: { ...calm.training, iterations: 12 } };
        const trace = survives({ ...longer, jitter: undefined }, protocol, ({ runNs }) => [
          cutForGood(nodes, cut.node, cut.oneWay, Math.floor(cut.when * runNs)),
        ]);
        const recoveries = recoveriesOf(trace);
        if (recoveries.length === 0) return;
        repaired++;
        const { members } = recoveries.at(-1)!;
        if (members.length < nodes - 1) throw new Error(`${members.length} of ${nodes} are left`);
        if (recoveries.length > MOST_VIEWS) throw new Error(`${recoveries.length} views`);
      }),
      { numRuns: 40 },
    );
    t.ok(repaired > 20, `${repaired} were repaired`);
  },
);

/** One without a member of the pair, and where both have begun a change of view one more. */
const MOST_VIEWS = 3;

t.test('C: an edge cut for a time changes no bit', async (t) => {
  fc.assert(
    fc.property(
      anyCalmRing(3),
      options(replicas),
      cutEdge,
      (calm, protocol, fault) => void survives(calm, protocol, fault),
    ),
    { numRuns: 60 },
  );
  t.pass();
});
