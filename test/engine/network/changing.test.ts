/** Links that change and transfers that stand still: what is under way goes on with what is left, under both rules. */
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../engine/kernel.ts';
import { buildNetwork, type Sharing } from '../../../engine/network/build.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { Topology } from '../../../engine/network/topology.ts';

const RULES = ['fifo', 'fair'] as const;
const LATENCY_NS = 700;

/** A network with a log of deliveries; `at` schedules a call. */
function bench(sharing: Sharing, topology: Topology) {
  const kernel = new Kernel(1);
  const calls: (() => void)[] = [];
  const departedNs: number[] = [];
  const deliveredNs: number[] = [];
  const network = buildNetwork(
    sharing,
    kernel,
    topology,
    {
      departed: (transfer) => (departedNs[transfer] = kernel.now),
      delivered: (transfer) => (deliveredNs[transfer] = kernel.now),
    },
    true,
  );
  const calling = kernel.register((index) => calls[index]());
  const at = (timeNs: number, call: () => void) =>
    kernel.schedule(timeNs, calling, calls.push(call) - 1, 0);
  const run = () => kernel.run(Infinity);
  const busy = () => {
    const busyNs = new Float64Array(topology.linkCount);
    network.busyNs(busyNs);
    return [...busyNs];
  };
  return { kernel, network, departedNs, deliveredNs, at, run, busy };
}

/** All links of a way at once, as a fault does it. */
function degradeAll({ network }: ReturnType<typeof bench>, links: number, factor: number): void {
  for (let link = 0; link < links; link++) network.degrade(link, factor, 1);
}

for (const sharing of RULES) {
  t.test(`${sharing}: a link that is mended is as fast as before for what is under way`, (t) => {
    const play = bench(sharing, starTopology(2, 1e9, LATENCY_NS));
    play.network.send(0, 0, 1, 100_000, 1);
    play.at(10_700, () => degradeAll(play, 4, 0.01));
    play.at(60_700, () => degradeAll(play, 4, 1));
    play.run();
    t.equal(play.deliveredNs[0], 100_000 + 700 + 49_500, '50 us at a hundredth');
    t.end();
  });

  t.test(`${sharing}: on a dead link nothing moves, nor comes, until it is mended`, (t) => {
    const play = bench(sharing, ringTopology(4, 1e9, LATENCY_NS));
    play.network.send(0, 0, 2, 100_000, 1);
    play.at(20_000, () => degradeAll(play, 8, 0));
    play.at(20_001, () => play.network.send(1, 2, 3, 500, 1));
    play.at(20_001, () => play.network.send(2, 2, 3, 500, 1));
    let before: number[] = [];
    play.at(25_000, () => (before = play.busy()));
    play.at(5_000_000, () =>
      play.busy().forEach((ns, link) => t.ok(Math.abs(ns - before[link]) < 1e-6)),
    );
    play.at(5_000_000, () => t.same(play.deliveredNs, []));
    play.at(5_020_000, () => degradeAll(play, 8, 1));
    play.run();
    t.equal(play.deliveredNs[0], 100_000 + 1400 + 5_000_000);
    t.equal(play.deliveredNs.length, 3);
    t.ok(play.deliveredNs[2] <= 5_020_000 + 1000 + 700, 'what waited behind too');
    t.end();
  });

  t.test(`${sharing}: who stands still is in nobody's way, and goes on with what is left`, (t) => {
    const { network, deliveredNs, at, run } = bench(sharing, starTopology(3, 1e9, LATENCY_NS));
    network.send(0, 0, 1, 10_000, 1);
    at(4700, () => t.ok(network.hold(0)));
    at(5000, () => network.send(1, 0, 2, 1000, 1));
    at(9700, () => network.goOn(0));
    run();
    t.same(deliveredNs, [15_700, 6700]);
    const { bytes, messages } = network.loads();
    t.same([...bytes], [11_000, 0, 0, 10_000, 0, 1000]);
    t.same([...messages], [2, 0, 0, 1, 0, 1]);
    t.end();
  });

  t.test(`${sharing}: who stands still can be killed, unless it has left`, (t) => {
    const { network, deliveredNs, at, run } = bench(sharing, starTopology(3, 1e9, LATENCY_NS));
    network.send(0, 0, 1, 1000, 1);
    network.send(1, 2, 1, 500, 1);
    at(600, () => t.same([network.hold(1), network.hold(0)], [true, true]));
    at(900, () => t.equal(network.kill(0), true));
    at(900, () => t.equal(network.kill(0), false));
    if (sharing === 'fifo')
      at(900, () => t.equal(network.kill(1), false, 'its tail is on the wire'));
    at(1600, () => network.goOn(1));
    run();
    t.same([...deliveredNs.entries()].slice(1), [[1, 500 + 700 + 1000]]);
    t.equal(deliveredNs[0], undefined);
    t.end();
  });
}

const time = fc.integer({ min: 0, max: 60_000 });
const ways = fc.record({
  isRing: fc.boolean(),
  bytes: fc.integer({ min: 1000, max: 40_000 }),
  factor: fc.constantFrom(1, 1, 0, 0.5, 3),
  holds: fc.array(fc.record({ atNs: time, forNs: time }), { maxLength: 4 }),
  changes: fc.array(
    fc.record({ atNs: time, bandwidth: fc.double({ min: 0.05, max: 1, noNaN: true }) }),
    { maxLength: 6 },
  ),
});

t.test('on a way of its own a transfer takes the same under both rules, whatever happens', (t) => {
  fc.assert(
    fc.property(ways, ({ isRing, bytes, factor, holds, changes }) => {
      // With latency the same change finds other bytes on the first link than on the last: here there is none.
      const topology = isRing ? ringTopology(5, 1e9, 0) : starTopology(2, 1e9, 0);
      const [fifo, fair] = RULES.map((sharing) => {
        const play = bench(sharing, topology);
        play.network.send(0, 0, isRing ? 2 : 1, bytes, factor);
        let held = 0;
        let isHeld = false;
        for (const { atNs, forNs } of holds) {
          play.at(atNs, () => {
            if (held++ === 0) isHeld = play.network.hold(0);
          });
          play.at(atNs + forNs, () => {
            if (--held === 0 && isHeld) play.network.goOn(0);
          });
        }
        for (const { atNs, bandwidth } of changes)
          play.at(atNs, () => degradeAll(play, topology.linkCount, bandwidth));
        play.run();
        return play.deliveredNs[0];
      });
      return Math.abs(fifo - fair) <= 1 + changes.length + holds.length;
    }),
    { numRuns: 400 },
  );
  t.pass();
  t.end();
});

t.test('to stand still delays by just that long, wherever a transfer is', (t) => {
  fc.assert(
    fc.property(
      ways,
      fc.constantFrom(...RULES),
      fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
      ({ bytes, factor, holds: [hold] }, sharing, speeds) => {
        if (!hold) return true;
        const star = starTopology(2, 1e9, LATENCY_NS);
        const link = (index: number) => ({
          ...star.link(index),
          bandwidthBytesPerSecond: 1e9 * speeds[index],
        });
        const play = (isHeld: boolean) => {
          const { network, deliveredNs, at, run } = bench(sharing, { ...star, link });
          network.send(0, 0, 1, bytes, factor);
          if (isHeld)
            at(hold.atNs, () => {
              if (network.hold(0)) at(hold.atNs + hold.forNs, () => network.goOn(0));
            });
          run();
          return deliveredNs[0];
        };
        const freeNs = play(false);
        const delayNs = play(true) - freeNs;
        const isLate = hold.atNs > freeNs;
        return (
          Math.abs(delayNs - (isLate ? 0 : hold.forNs)) <=
          (hold.atNs >= freeNs - 1 ? hold.forNs : 1)
        );
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
  t.end();
});

const traffic = fc.record({
  isRing: fc.boolean(),
  sharing: fc.constantFrom(...RULES),
  sendings: fc.array(
    fc.record({ atNs: fc.nat(6000), from: fc.nat(3), to: fc.nat(3), bytes: fc.nat(3000) }),
    { minLength: 4, maxLength: 25, size: 'max' },
  ),
  changes: fc.array(
    fc.record({
      atNs: fc.nat(9000),
      link: fc.nat(7),
      bandwidth: fc.constantFrom(0, 0.1, 0.5, 1, 1, 2),
      latency: fc.constantFrom(1, 1, 5),
    }),
    { maxLength: 8 },
  ),
  holds: fc.array(
    fc.record({ atNs: fc.nat(9000), forNs: fc.nat(3000), from: fc.nat(3), to: fc.nat(3) }),
    { maxLength: 4 },
  ),
});

t.test(
  'whatever changes, each arrives once, in order under fifo, and books stay in bounds',
  (t) => {
    fc.assert(
      fc.property(traffic, ({ isRing, sharing, sendings, changes, holds }) => {
        const topology = isRing
          ? ringTopology(4, 1e9, LATENCY_NS)
          : starTopology(4, 1e9, LATENCY_NS);
        const { kernel, network, deliveredNs, departedNs, at, run, busy } = bench(
          sharing,
          topology,
        );
        const cut = new Map<string, number>();
        const waiting = new Map<string, number[]>();
        const sent: number[] = [];
        const hold = (number: number, pair: string) => {
          if (network.hold(number)) waiting.set(pair, [number, ...(waiting.get(pair) ?? [])]);
        };
        sendings.sort((one, other) => one.atNs - other.atNs);
        sendings.forEach(({ atNs, from, to, bytes }, number) => {
          if (from === to) return;
          const pair = `${from} ${to}`;
          at(atNs, () => {
            sent.push(number);
            network.send(number, from, to, bytes, 1);
            if (!cut.get(pair)) return;
            if (network.hold(number)) waiting.get(pair)!.push(number);
          });
        });
        for (const { atNs, forNs, from, to } of holds) {
          const pair = `${from} ${to}`;
          at(atNs, () => {
            cut.set(pair, (cut.get(pair) ?? 0) + 1);
            if (cut.get(pair)! > 1) return;
            waiting.set(pair, []);
            for (const number of sent.toReversed()) {
              const { from, to } = sendings[number];
              if (`${from} ${to}` === pair && deliveredNs[number] === undefined) hold(number, pair);
            }
          });
          at(atNs + forNs, () => {
            cut.set(pair, cut.get(pair)! - 1);
            if (cut.get(pair) === 0) waiting.get(pair)!.forEach((number) => network.goOn(number));
          });
        }
        for (const { atNs, link, bandwidth, latency } of changes)
          at(atNs, () => network.degrade(link, bandwidth, latency));
        at(20_000, () => {
          for (let link = 0; link < 8; link++) network.degrade(link, 1, 1);
        });
        let before = busy();
        for (let timeNs = 0; timeNs < 40_000; timeNs += 500)
          at(timeNs, () => {
            const now = busy();
            now.forEach((ns, link) => {
              if (ns < before[link] - 1.1)
                throw new Error(`${link} fell from ${before[link]} to ${ns}`);
            });
            before = now;
          });
        run();
        const last = new Map<string, number>();
        for (const number of sent) {
          if (deliveredNs[number] === undefined || departedNs[number] > deliveredNs[number])
            throw new Error(`${number} was not delivered`);
          const { from, to } = sendings[number];
          const pair = `${from} ${to}`;
          if (sharing === 'fifo' && (last.get(pair) ?? 0) > deliveredNs[number])
            throw new Error(`${number} has overtaken`);
          last.set(pair, deliveredNs[number]);
        }
        const bytes = sent.reduce((sum, number) => sum + sendings[number].bytes, 0);
        const carried = network.loads().bytes.reduce((sum, count) => sum + count, 0);
        if (!isRing && carried !== 2 * bytes) throw new Error(`${carried} of ${2 * bytes} bytes`);
        return busy().every((ns) => ns >= -1e-3 && ns <= kernel.now + 1e-3);
      }),
      { numRuns: 400 },
    );
    t.pass();
    t.end();
  },
);
