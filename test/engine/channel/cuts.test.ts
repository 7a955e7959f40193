/** Nothing passes a cut: what meets it stands still or is lost, and in the end all has arrived. */
import fc from 'fast-check';
import t from 'tap';
import type { WireEffect } from '../../../engine/faults/fault-rule.ts';
import { wireMask } from '../../../engine/faults/wire-mask.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { Stations } from './stations.ts';

const NODES = 4;
const node = fc.nat(NODES - 1);
const nodes = fc.uniqueArray(node, { minLength: 1 });
const scope = fc.record({ from: nodes, to: nodes, oneWay: fc.boolean() });
const effect: fc.Arbitrary<WireEffect> = fc.oneof(
  scope.map((scope) => ({ kind: 'cut', scope, forNs: null }) as const),
  fc.record({ nodes, at: fc.nat(NODES) }).map(({ nodes, at }) => {
    const groups = [nodes.slice(0, at), nodes.slice(at)].filter(({ length }) => length > 0);
    return { kind: 'partition', groups, forNs: null } as const;
  }),
);
const plays = fc.record({
  isRing: fc.boolean(),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  sendings: fc.array(
    fc.record({ atNs: fc.nat(20_000), from: node, to: node, bytes: fc.nat(8000) }),
    { minLength: 10, maxLength: 25 },
  ),
  cuts: fc.array(
    fc.record({ atNs: fc.nat(20_000), forNs: fc.integer({ min: 1, max: 9000 }), effect }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});

/** What a path that nobody else uses would deliver at that time at the earliest: time does not count while it is cut. */
function earliestNs(fromNs: number, needNs: number, cuts: readonly [number, number][]): number {
  let timeNs = fromNs;
  let leftNs = needNs;
  for (const [beginNs, endNs] of cuts.toSorted(([one], [other]) => one - other)) {
    if (endNs <= timeNs) continue;
    if (beginNs >= timeNs + leftNs) break;
    leftNs -= Math.max(0, beginNs - timeNs);
    timeNs = endNs;
  }
  return timeNs + leftNs;
}

t.test(
  'no byte passes a cut: a message takes its time on an open path, and all arrive',
  async (t) => {
    let stood = 0;
    fc.assert(
      fc.property(plays, ({ isRing, sharing, sendings, cuts }) => {
        const topology = isRing ? ringTopology(NODES, 1e9, 700) : starTopology(NODES, 1e9, 700);
        const stations = new Stations({ topology, sharing });
        const { transport, kernel } = stations;
        const masks = cuts.map(({ effect }) => wireMask(effect, NODES));
        const cutsOf = (from: number, to: number) =>
          cuts.flatMap(({ atNs, forNs }, index): [number, number][] =>
            masks[index].has(from, to) ? [[atNs, atNs + forNs]] : [],
          );
        cuts.forEach(({ atNs, forNs, effect }, id) => {
          stations.at(atNs, () => transport.beginWireFault(id, effect));
          stations.at(atNs + forNs, () => transport.endWireFault(id));
        });
        const expected = new Map<string, number>();
        transport.receivers.forEach((receiver, to) => {
          const deliver = receiver.deliver.bind(receiver);
          receiver.deliver = (message, from, size) => {
            const { n } = message as unknown as { n: number };
            const { atNs, bytes } = sendings[n];
            const hops = topology.route(from, to, new Int32Array(topology.longestRoute));
            const needNs = bytes + 48 + (isRing ? 700 * hops : 700);
            const leastNs = earliestNs(atNs, needNs, cutsOf(from, to));
            if (from !== to && kernel.now < leastNs - 3)
              throw new Error(`${n} came at ${kernel.now}, not from ${leastNs} on`);
            if (leastNs > atNs + needNs) stood++;
            deliver(message, from, size);
          };
        });
        sendings.forEach(({ atNs, from, to, bytes }, n) =>
          stations.at(atNs, () => {
            expected.set(`${to}`, (expected.get(`${to}`) ?? 0) + 1);
            stations.send(from, to, n, bytes);
          }),
        );
        if (stations.run(1e12)) throw new Error('it goes on and on');
        if (!stations.isQuiet) throw new Error('the books say that something is under way');
        if (stations.check.violations.length > 0) throw new Error(stations.check.violations[0]);
        return stations.got.every(({ length }, to) => length === (expected.get(`${to}`) ?? 0));
      }),
      { numRuns: 300 },
    );
    t.ok(stood > 300, `${stood} messages met a cut`);
  },
);
