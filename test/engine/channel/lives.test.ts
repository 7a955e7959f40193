import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { NodeId } from '../../../engine/world.ts';
import { Stations } from './stations.ts';

const NODES = 3;
const ALL: NodeId[] = [0, 1, 2];
const AFTER_ALL_NS = 400_000;

const probability = fc.double({ min: 0, max: 0.45, noNaN: true });
const node = fc.nat(NODES - 1);
const play = fc.record({
  seed: fc.nat(1000),
  isRing: fc.boolean(),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  jitter: fc.boolean(),
  loss: probability,
  duplicate: probability,
  reorder: probability,
  crashes: fc.array(
    fc.record({ node, atNs: fc.nat(60_000), forNs: fc.integer({ min: 1, max: 30_000 }) }),
    { maxLength: 4 },
  ),
  hangUps: fc.array(fc.record({ from: node, to: node, atNs: fc.nat(60_000) }), { maxLength: 6 }),
  sendings: fc.array(
    fc.record({
      atNs: fc.nat(80_000),
      from: node,
      to: node,
      bytes: fc.oneof(fc.nat(200), fc.nat(20_000)),
    }),
    { maxLength: 80, size: 'max' },
  ),
});
type Play = typeof play extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays it; nodes that are down send nothing and hang up on nobody. */
function stage(given: Play): { stations: Stations; crashes: () => number } {
  const stations = new Stations({
    topology: given.isRing ? ringTopology(NODES, 1e9, 700) : starTopology(NODES, 1e9, 700),
    sharing: given.sharing,
    seed: given.seed,
    latencyJitter: given.jitter ? { kind: 'uniform', low: 0, high: 5 } : undefined,
  });
  const { transport } = stations;
  const scope = { from: ALL, to: ALL, oneWay: true };
  (['loss', 'duplicate', 'reorder'] as const).forEach((kind, id) => {
    const probability = given[kind];
    transport.beginWireFault(id, { kind, scope, probability, forNs: null });
  });
  const down = new Set<NodeId>();
  const incarnations = ALL.map(() => 0);
  let crashes = 0;
  for (const { node, atNs, forNs } of given.crashes)
    stations.at(atNs, () => {
      if (down.has(node)) return;
      crashes++;
      down.add(node);
      stations.crash(node);
      stations.at(atNs + forNs, () => {
        down.delete(node);
        transport.returned(node, ++incarnations[node]);
      });
    });
  for (const { from, to, atNs } of given.hangUps)
    stations.at(atNs, () => {
      if (from !== to && !down.has(from)) transport.hangUp(from, to);
    });
  given.sendings.forEach(({ atNs, from, to, bytes }, n) => {
    stations.at(atNs, () => {
      if (!down.has(from)) stations.send(from, to, n, bytes);
    });
  });
  return { stations, crashes: () => crashes };
}

t.test(
  'invariant CH: a prefix in each pair of incarnations, whoever crashes, returns or hangs up',
  async (t) => {
    let crashes = 0;
    let handed = 0;
    fc.assert(
      fc.property(play, (given) => {
        const played = stage(given);
        const { stations } = played;
        // The first may find out that the other has lost its memory, and is dropped for it; the second arrives.
        for (const n of [1001, 1002])
          for (const from of ALL)
            for (const to of ALL)
              stations.at(AFTER_ALL_NS * (n - 1000), () => stations.send(from, to, n));
        if (stations.run(1e12)) throw new Error('it goes on and on');
        if (stations.check.violations.length > 0) throw new Error(stations.check.violations[0]);
        for (const from of ALL)
          for (const to of ALL)
            if (stations.got[to].filter((what) => what === `${from}:1002`).length !== 1)
              throw new Error(`from ${from} to ${to}: ${stations.got[to].join()}`);
        if (!stations.isQuiet) throw new Error('the books say that something is under way');
        crashes += played.crashes();
        handed += stations.check.delivered;
        return true;
      }),
      { numRuns: 600 },
    );
    t.ok(crashes > 300 && handed > 10_000, `${crashes} crashes, ${handed} messages handed over`);
  },
);

/** Two nodes with one byte a nanosecond and 1,000 ns between them. */
const two = () => new Stations({ topology: starTopology(2, 1e9, 1000) });

t.test('what a crashed host had not wholly sent never arrives, what it had does', async (t) => {
  const stations = two();
  for (const n of [0, 1, 2]) stations.send(0, 1, n, 952);
  stations.at(2500, () => stations.crash(0));
  stations.run();
  t.same(stations.got[1], ['0:0', '0:1'], 'two of a thousand bytes each, the third half sent');
  t.equal(stations.transport.messagesLost, 1);
  t.ok(stations.isQuiet);
});

t.test(
  'what is on its way to a host that crashes is lost, also if it is back by then',
  async (t) => {
    const stations = two();
    stations.send(0, 1, 0, 952);
    stations.at(1500, () => stations.crash(1));
    stations.at(1600, () => stations.transport.returned(1, 1));
    stations.at(9000, () => stations.send(0, 1, 1));
    stations.run();
    t.same(stations.got[1], ['0:1']);
    t.equal(stations.transport.messagesLost, 1, 'sent again it was not: the answer was a reset');
  },
);

t.test('a returned host and one that has not heard of its return can talk at once', async (t) => {
  const stations = two();
  stations.at(5, () => stations.crash(1));
  stations.at(10, () => stations.transport.returned(1, 1));
  stations.at(20, () => {
    stations.send(1, 0, 7);
    stations.send(1, 0, 8);
  });
  stations.at(9000, () => stations.send(0, 1, 9));
  stations.run();
  t.same([stations.got[0], stations.got[1]], [['1:7', '1:8'], ['0:9']]);
});

t.test(
  'hanging up takes back what has not left, and keeps the order of what comes after',
  async (t) => {
    const stations = two();
    for (const n of [0, 1, 2, 3]) stations.send(0, 1, n, 952);
    stations.at(1500, () => {
      stations.transport.hangUp(0, 1);
      stations.send(0, 1, 4, 52);
    });
    stations.run();
    t.same(stations.got[1], ['0:0', '0:4']);
    t.same(stations.gotNs[1], [2000, 2600], 'the egress was free from the moment of hanging up');
    t.same(stations.check.violations, []);
  },
);

t.test('a paused host takes what came meanwhile when it goes on, in order', async (t) => {
  const stations = two();
  stations.at(100, () => stations.transport.paused(1));
  stations.send(0, 1, 0);
  stations.send(0, 1, 1);
  stations.at(50_000, () => stations.transport.resumed(1));
  stations.run();
  t.same(stations.got[1], ['0:0', '0:1']);
  t.same(stations.gotNs[1], [50_000, 50_000]);
  t.ok(stations.isQuiet);
});

t.test('the check of invariant CH finds what is wrong', async (t) => {
  const { check } = two();
  const message = { kind: 'numbered' };
  const deliver = (transfer: number) => check.messageDelivered(transfer, 0, 1, message, 5);
  const broken = (...transfers: number[]) => {
    const before = check.violations.length;
    transfers.forEach(deliver);
    return check.violations.length - before;
  };
  for (const transfer of [0, 1, 2]) check.messageSent(transfer, 0, 1, message);
  t.equal(broken(0), 0);
  t.equal(broken(0), 1, 'twice');
  t.equal(broken(2), 1, 'one left out');
  check.channelBegun(0, 1);
  for (const transfer of [3, 4, 5]) check.messageSent(transfer, 0, 1, message);
  t.equal(broken(4), 1, 'a channel that does not begin with its first');
  t.equal(broken(1), 1, 'a channel that is over');
  t.equal(broken(9), 1, 'never sent');
  check.channelBegun(0, 1);
  check.messageSent(6, 0, 1, message);
  check.messageDelivered(6, 0, 1, { kind: 'other' }, 5);
  t.match(check.violations.at(-1), /'other' \(6\) from node 0, which was sent as 'numbered'/);
  check.messageSent(7, 0, 1, message);
  check.crashed(1);
  check.channelBegun(0, 1);
  deliver(7);
  t.match(
    check.violations.join(),
    /\(7\) from node 0, which was sent to an earlier incarnation of it/,
  );
});
