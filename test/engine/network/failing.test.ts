import { loadsOf } from './loads-of.ts';
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../engine/kernel.ts';
import { buildNetwork, type Sharing } from '../../../engine/network/build.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { Topology } from '../../../engine/network/topology.ts';

/** A network with a log; `at` schedules a call. */
function bench(sharing: Sharing, topology: Topology) {
  const kernel = new Kernel(1);
  const log: [number, number][] = [];
  const departed: number[] = [];
  const calls: (() => void)[] = [];
  const client = {
    departed: (transfer: number) => departed.push(transfer),
    delivered: (transfer: number) => log.push([transfer, kernel.now]),
  };
  const network = buildNetwork(sharing, kernel, topology, client, true);
  const calling = kernel.register((index) => calls[index]());
  const at = (timeNs: number, call: () => void) =>
    kernel.schedule(timeNs, calling, calls.push(call) - 1, 0);
  const run = () => kernel.run(Infinity);
  return { kernel, network, log, departed, at, run };
}

const busy = (network: ReturnType<typeof bench>['network'], links: number) => {
  const busyNs = new Float64Array(links);
  network.busyNs(busyNs);
  return [...busyNs];
};

t.test('fifo: of what is killed nothing departs, and the link is free again at once', async (t) => {
  const { network, log, departed, at, run } = bench('fifo', ringTopology(4, 1e9, 100));
  for (const transfer of [0, 1, 2]) network.send(transfer, 0, 1, 1000, 1);
  at(1500, () => {
    t.equal(network.kill(0), false, 'it has left');
    t.same([network.kill(2), network.kill(1)], [true, true]);
    t.equal(network.kill(1), false, 'it is gone');
    network.send(1, 0, 1, 200, 1);
  });
  run();
  t.same(log, [
    [0, 1100],
    [1, 1800],
  ]);
  t.same(departed, [0, 1]);
  const [link] = loadsOf(network);
  t.same([link.messages, link.bytes, link.busyNs], [3, 1700, 1700], '500 bytes of the killed');
});

t.test('fifo: transit that stands behind what is killed moves up', async (t) => {
  const { kernel, network, log, at, run } = bench('fifo', ringTopology(6, 1e9, 100));
  network.send(0, 1, 2, 1000, 1);
  network.send(1, 0, 2, 1000, 1);
  at(500, () => network.kill(0));
  at(700, () => t.equal(busy(network, 12)[2], 700));
  run();
  t.same(log, [[1, 1600]]);
  t.equal(kernel.now, 1600);
  t.equal(busy(network, 12)[2], 1500);
});

t.test('fifo: the links behind the first are free of it at once as well', async (t) => {
  const { network, log, at, run } = bench('fifo', starTopology(4, 1e9, 100));
  network.send(0, 0, 2, 1000, 1);
  network.send(1, 1, 2, 300, 1);
  network.send(2, 3, 2, 300, 1);
  at(500, () => network.kill(0));
  at(550, () => network.send(3, 0, 2, 100, 1));
  run();
  t.same(log, [
    [1, 800],
    [2, 1100],
    [3, 1200],
  ]);
  const [, , , , , ingress] = loadsOf(network);
  t.same([ingress.messages, ingress.bytes, ingress.busyNs], [4, 1100, 1100], '400 of the killed');
});

t.test('fifo: a head that waits at the next link takes it no more', async (t) => {
  const { network, log, at, run } = bench('fifo', starTopology(3, 1e9, 100));
  network.send(0, 0, 2, 1000, 1);
  network.send(1, 0, 2, 1000, 1);
  at(10, () => {
    network.kill(1);
    network.send(1, 1, 2, 300, 1);
  });
  run();
  t.same(log, [
    [0, 1100],
    [1, 1400],
  ]);
});

t.test('fair: what has not entered yet can be killed, and its number used again', async (t) => {
  const { network, log, at, run } = bench('fair', starTopology(3, 1e9, 100));
  network.send(0, 0, 2, 1000, 1);
  at(50, () => {
    t.equal(network.kill(0), true);
    t.equal(network.kill(0), false);
    network.send(0, 1, 2, 1000, 1);
  });
  at(600, () => t.equal(network.kill(0), true));
  run();
  t.same(log, []);
  t.same(
    loadsOf(network).map(({ bytes, messages }) => [bytes, messages]),
    [
      [0, 0],
      [0, 0],
      [450, 1],
      [0, 0],
      [0, 0],
      [450, 1],
    ],
  );
});

t.test(
  'fifo: nobody waits for the tail of what was killed, nor overtakes what was not',
  async (t) => {
    const { network, log, at, run } = bench('fifo', ringTopology(3, 1e9, 100));
    network.send(0, 0, 1, 10, 20);
    network.send(1, 0, 1, 50_000, 30);
    network.send(2, 0, 1, 50_000, 30);
    at(20, () => {
      t.same([network.kill(2), network.kill(1)], [true, true]);
      network.send(1, 0, 1, 10, 1);
    });
    run();
    t.same(log, [
      [0, 2010],
      [1, 2020],
    ]);
  },
);

const sending = fc.record({
  atNs: fc.nat(3000),
  source: fc.nat(3),
  target: fc.nat(3),
  bytes: fc.nat(2000),
  factor: fc.constantFrom(1, 1, 1, 0, 3, 10),
});
type Sending = typeof sending extends fc.Arbitrary<infer Value> ? Value : never;

/** Throws if one was delivered before another of its pair that was sent before it. */
function holdToOrder(log: readonly [number, number][], sendings: readonly Sending[]): void {
  const last = new Map<string, number>();
  for (const [number] of log) {
    const { source, target, atNs } = sendings[number];
    const pair = `${source} ${target}`;
    if ((last.get(pair) ?? 0) > atNs) throw new Error(`${number} was overtaken`);
    last.set(pair, atNs);
  }
}
const plays = fc.record({
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  isRing: fc.boolean(),
  sendings: fc.array(sending, { maxLength: 30, size: 'max' }),
  kills: fc.array(fc.record({ atNs: fc.nat(6000), source: fc.nat(3) }), { maxLength: 3 }),
});

t.test(
  'whoever is killed, each other departs and arrives once, and books stay in bounds',
  async (t) => {
    let killed = 0;
    fc.assert(
      fc.property(plays, ({ sharing, isRing, sendings, kills }) => {
        const topology = isRing ? ringTopology(4, 1e9, 300) : starTopology(4, 1e9, 300);
        const { kernel, network, log, departed, at, run } = bench(sharing, topology);
        const sent: number[] = [];
        const gone = new Set<number>();
        sendings.forEach(({ atNs, source, target, bytes, factor }, number) => {
          if (source === target) return;
          at(atNs, () => {
            sent.push(number);
            network.send(number, source, target, bytes, factor);
          });
        });
        for (const { atNs, source } of kills)
          at(atNs, () => {
            const before = busy(network, topology.linkCount);
            const own = sent.filter((number) => sendings[number].source === source).reverse();
            for (const number of own) {
              const isLate = departed.includes(number) || gone.has(number);
              if (network.kill(number)) {
                if (isLate) throw new Error(`${number} was killed too late`);
                gone.add(number);
              }
            }
            // To kill changes what will be, not what was. A reading between two settlings is good to a nanosecond;
            // under fifo, where gaps are taken as spread over the queue, it may turn out to have been wrong.
            if (sharing === 'fair')
              busy(network, topology.linkCount).forEach((ns, link) => {
                if (Math.abs(ns - before[link]) > 1.001)
                  throw new Error(`${before[link]} became ${ns}`);
              });
          });
        run();
        killed += gone.size;
        if (sharing === 'fifo') holdToOrder(log, sendings);
        const expected = sent.filter((number) => !gone.has(number)).sort((a, b) => a - b);
        const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b).join();
        const isInBounds = busy(network, topology.linkCount).every(
          (ns) => ns >= -1e-3 && ns <= kernel.now + 1e-3,
        );
        return (
          isInBounds &&
          sorted(departed) === expected.join() &&
          sorted(log.map(([number]) => number)) === expected.join()
        );
      }),
      { numRuns: 400 },
    );
    t.ok(killed > 100, `${killed} were killed`);
  },
);

t.test('fifo: what is killed before it has begun leaves no trace', async () => {
  /** Every source is busy at first. Messages with an odd number of bytes are killed meanwhile, or never sent. */
  const play = (isRing: boolean, sendings: readonly Sending[], kills: boolean) => {
    const topology = isRing ? ringTopology(4, 1e9, 300) : starTopology(4, 1e9, 300);
    const { network, log, at, run } = bench('fifo', topology);
    for (const source of [0, 1, 2, 3])
      for (const [turn, target] of [(source + 1) % 4, (source + 3) % 4].entries())
        network.send(2 * source + turn, source, target, 3000 + 1000 * source, 1);
    sendings.forEach(({ atNs, source, target, bytes, factor }, index) => {
      const isOdd = bytes % 2 === 1;
      if (source === target || (isOdd && !kills)) return;
      at(atNs % 2000, () => network.send(8 + index, source, target, bytes, factor));
      if (isOdd) at(2000 + (bytes % 900), () => network.kill(8 + index));
    });
    run();
    return JSON.stringify([log.sort(([one], [other]) => one - other), loadsOf(network)]);
  };
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(sending, { maxLength: 12 }),
      (isRing, sendings) => play(isRing, sendings, true) === play(isRing, sendings, false),
    ),
    { numRuns: 300 },
  );
});

for (const sharing of ['fifo', 'fair'] as const) {
  t.test(
    `${sharing}: a degraded link is slower and longer, and mended it is as before`,
    async (t) => {
      const { network, log, at, run } = bench(sharing, starTopology(2, 1e9, 100));
      at(0, () => network.degrade(0, 0.5, 3));
      at(0, () => network.send(0, 0, 1, 1000, 1));
      at(0, () => t.equal(network.emptyPathNs(0, 1, 48, 1), 300 + 96));
      at(9000, () => network.degrade(0, 1, 1));
      at(9000, () => network.send(1, 0, 1, 1000, 1));
      at(9000, () => t.equal(network.emptyPathNs(0, 1, 48, 2), 200 + 48));
      run();
      t.same(log, [
        [0, 2300],
        [1, 10_100],
      ]);
      const uses = loadsOf(network);
      t.equal(uses[0].busyNs, 2000);
    },
  );

  t.test(`${sharing}: a latency that falls lets nobody overtake`, async (t) => {
    const { network, log, at, run } = bench(sharing, ringTopology(3, 1e9, 100));
    network.degrade(0, 1, 100);
    network.send(0, 0, 1, 10, 1);
    at(50, () => {
      network.degrade(0, 1, 1);
      network.send(1, 0, 1, 10, 1);
    });
    run();
    t.same(
      log.map(([number]) => number),
      [0, 1],
    );
  });
}
