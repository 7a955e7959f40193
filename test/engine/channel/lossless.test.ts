import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { NodeId } from '../../../engine/world.ts';
import { Stations } from './stations.ts';

const NODES = 4;
const LATENCY = 700;

const probability = fc.double({ min: 0, max: 0.49, noNaN: true });
const stretch = fc.record({ fromNs: fc.nat(30_000), forNs: fc.nat(100_000) });
const pair = fc.record({ one: fc.nat(NODES - 1), other: fc.nat(NODES - 1), oneWay: fc.boolean() });
const play = fc.record({
  seed: fc.nat(1000),
  isRing: fc.boolean(),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  jitter: fc.option(fc.double({ min: 0.1, max: 4, noNaN: true }), { nil: null }),
  loss: probability,
  duplicate: probability,
  reorder: probability,
  cuts: fc.array(fc.record({ pair, stretch }), { maxLength: 3 }),
  partition: fc.option(stretch, { nil: null, freq: 3 }),
  pauses: fc.array(fc.record({ node: fc.nat(NODES - 1), stretch }), { maxLength: 1 }),
  degrade: fc.option(
    fc.record({
      stretch,
      bandwidthFactor: fc.double({ min: 0.1, max: 1, noNaN: true }),
      latencyFactor: fc.double({ min: 1, max: 20, noNaN: true }),
    }),
    { nil: null },
  ),
  sendings: fc.array(
    fc.record({
      atNs: fc.nat(40_000),
      from: fc.nat(NODES - 1),
      to: fc.nat(NODES - 1),
      bytes: fc.oneof(fc.nat(200), fc.nat(20_000)),
    }),
    { maxLength: 60, size: 'max' },
  ),
});
type Play = typeof play extends fc.Arbitrary<infer Value> ? Value : never;

const ALL: NodeId[] = [0, 1, 2, 3];
const EVERYWHERE = { from: ALL, to: ALL, oneWay: true };

function stage(given: Play): Stations {
  const { isRing, jitter, sharing, seed } = given;
  const stations = new Stations({
    topology: isRing ? ringTopology(NODES, 1e9, LATENCY) : starTopology(NODES, 1e9, LATENCY),
    sharing,
    seed,
    latencyJitter: jitter === null ? undefined : { kind: 'exponential', mean: jitter },
  });
  const { transport } = stations;
  let faults = 0;
  const forATime = (
    { fromNs, forNs }: { fromNs: number; forNs: number },
    effect: Parameters<typeof transport.beginWireFault>[1],
  ) => {
    const id = faults++;
    stations.at(fromNs, () => transport.beginWireFault(id, effect));
    stations.at(fromNs + forNs, () => transport.endWireFault(id));
  };
  for (const kind of ['loss', 'duplicate', 'reorder'] as const)
    transport.beginWireFault(1000 + faults++, {
      kind,
      scope: EVERYWHERE,
      probability: given[kind],
      forNs: null,
    });
  for (const { pair, stretch } of given.cuts) {
    const scope = { from: [pair.one], to: [pair.other], oneWay: pair.oneWay };
    forATime(stretch, { kind: 'cut', scope, forNs: stretch.forNs });
  }
  if (given.partition)
    forATime(given.partition, { kind: 'partition', groups: [[0, 1], [2]], forNs: 1 });
  if (given.degrade) {
    const { stretch, bandwidthFactor, latencyFactor } = given.degrade;
    forATime(stretch, {
      kind: 'degrade',
      scope: { from: [0, 1], to: [1, 2], oneWay: false },
      bandwidthFactor,
      latencyFactor,
      forNs: stretch.forNs,
    });
  }
  for (const { node, stretch } of given.pauses) {
    stations.at(stretch.fromNs, () => transport.paused(node));
    stations.at(stretch.fromNs + stretch.forNs, () => transport.resumed(node));
  }
  return stations;
}

t.test(
  'invariant CH: whatever the wire does, all arrives once, in order, in the end',
  async (t) => {
    let lost = 0;
    let again = 0;
    fc.assert(
      fc.property(play, (given) => {
        const stations = stage(given);
        const due = new Map<string, number[]>();
        const sendings = [...given.sendings].sort((one, other) => one.atNs - other.atNs);
        sendings.forEach(({ atNs, from, to, bytes }, n) => {
          // A host that stands still sends nothing.
          const isStill = given.pauses.some(
            ({ node, stretch: { fromNs, forNs } }) =>
              node === from && atNs >= fromNs && atNs <= fromNs + forNs,
          );
          if (isStill) return;
          stations.at(atNs, () => stations.send(from, to, n, bytes));
          due.set(`${from} ${to}`, [...(due.get(`${from} ${to}`) ?? []), n]);
        });
        if (stations.run(1e12)) throw new Error('it goes on and on');
        for (const [key, expected] of due) {
          const [from, to] = key.split(' ');
          const got = stations.got[Number(to)].filter((what) => what.startsWith(`${from}:`));
          if (got.join() !== expected.map((n) => `${from}:${n}`).join())
            throw new Error(`from ${from} to ${to}: ${got.join()}, not ${expected.join()}`);
        }
        if (!stations.isQuiet) throw new Error('the books say that something is under way');
        lost += stations.transport.messagesLost;
        again += stations.transport.traffic.messagesSent.reduce((sum, count) => sum + count, 0);
        return stations.check.violations.length === 0;
      }),
      { numRuns: 600 },
    );
    t.ok(lost > 1000 && again > 1000, `${lost} frames were lost of ${again}`);
  },
);
