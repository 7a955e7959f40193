import t from 'tap';
import fc from 'fast-check';
import { anyCalmRing, cutEdge, options, part, survives } from './faulty-settings.ts';
import { atTime, recoveriesOf } from './faulty.ts';

const replicas = fc.constantFrom(0, 1, 2);

t.test(
  'C: an edge cut for good takes hardly anybody out of the ring, and changes no bit',
  async (t) => {
    let relayed = 0;
    let repaired = 0;
    let whole = 0;
    const cut = fc.record({ node: fc.nat(100), when: part(0.8), oneWay: fc.boolean() });
    fc.assert(
      fc.property(anyCalmRing(3), options(replicas), cut, (calm, protocol, cut) => {
        const nodes = calm.hosts.length;
        const from = cut.node % nodes;
        const scope = { from: [from], to: [(from + 1) % nodes], oneWay: cut.oneWay };
        const trace = survives(calm, protocol, ({ runNs }) => [
          atTime(Math.floor(cut.when * runNs), { kind: 'cut', scope, forNs: null }),
        ]);
        const [last] = recoveriesOf(trace).slice(-1);
        if (last !== undefined) repaired++;
        // One that was left out at first comes back, if the run is long enough for that.
        if (last !== undefined && last.members.length === nodes) whole++;
        const kinds = new Set(trace.messages.map(({ message }) => message.kind));
        relayed += kinds.has('RELAY') ? 1 : 0;
      }),
      { numRuns: 60 },
    );
    t.ok(whole > 0.8 * repaired, `in ${whole} of ${repaired} all were left`);
    t.ok(relayed > 20, `${relayed} went the long way`);
  },
);

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
