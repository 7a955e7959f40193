import { loadsOf } from '../loads-of.ts';
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../../engine/kernel.ts';
import { FairNetwork } from '../../../../engine/network/fair/fair-network.ts';
import { ringTopology } from '../../../../engine/network/ring.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import type { Topology } from '../../../../engine/network/topology.ts';

/** A network with a log of what was delivered when; `at` schedules a call. */
function bench(topology: Topology) {
  const kernel = new Kernel(1);
  const log: [number, number][] = [];
  const departed: number[] = [];
  const calls: (() => void)[] = [];
  const network = new FairNetwork(kernel, topology, {
    departed: (transfer) => departed.push(transfer),
    delivered: (transfer) => log.push([transfer, kernel.now]),
  });
  const calling = kernel.register((index) => calls[index]());
  const at = (timeNs: number, call: () => void) =>
    kernel.schedule(timeNs, calling, calls.push(call) - 1, 0);
  return { kernel, network, log, departed, at };
}

t.test(
  'incast: W equal flows into one NIC end together at alpha + W S / beta (PROTOCOLS D)',
  async (t) => {
    const sizes = fc.record({
      workers: fc.integer({ min: 1, max: 300 }),
      bytes: fc.integer({ min: 1, max: 1_000_000 }),
      alpha: fc.nat(100_000),
    });
    fc.assert(
      fc.property(sizes, ({ workers, bytes, alpha }) => {
        const { kernel, network, log } = bench(starTopology(workers + 1, 3e8, alpha));
        for (let worker = 1; worker <= workers; worker++) network.send(worker, worker, 0, bytes, 1);
        kernel.run(Infinity);
        const closedForm = Math.ceil(alpha + (workers * bytes) / 0.3 - 1e-5);
        return log.length === workers && log.every(([, time]) => time === closedForm);
      }),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test('two flows into one NIC: the second enters when the first is half done', async (t) => {
  // Alone at 1 B/ns until 500; together at half until the first ends at 1500; then the second is alone.
  const { kernel, network, log, departed, at } = bench(starTopology(3, 1e9, 0));
  network.send(1, 1, 0, 1000, 1);
  at(500, () => network.send(2, 2, 0, 1000, 1));
  kernel.run(Infinity);
  t.same(log, [
    [1, 1500],
    [2, 2000],
  ]);
  t.same(departed, [1, 2]);
  t.equal(kernel.events, 6, 'no event but the call, two that enter, one solve and two ends');
});

t.test('latency takes no bandwidth, and jitter scales it', async (t) => {
  const { kernel, network, log } = bench(starTopology(3, 1e9, 100));
  network.send(1, 1, 0, 1000, 1);
  network.send(2, 2, 0, 1000, 20);
  kernel.run(Infinity);
  t.same(log, [
    [1, 1100],
    [2, 3000],
  ]);
});

t.test('each direction of a link is a resource of its own', async (t) => {
  const { kernel, network, log } = bench(ringTopology(4, 1e9, 10));
  network.send(0, 0, 1, 1000, 1);
  network.send(1, 1, 0, 1000, 1);
  network.send(2, 0, 2, 1000, 1);
  kernel.run(Infinity);
  t.same(
    log,
    [
      [1, 1010],
      [0, 2000],
      [2, 2010],
    ],
    'two share the cable clockwise, one has it to itself the other way',
  );
});

t.test('a message of no bytes arrives after its latency', async (t) => {
  const { kernel, network, log } = bench(starTopology(2, 1e9, 70));
  network.send(3, 0, 1, 0, 1);
  kernel.run(Infinity);
  t.same(log, [[3, 70]]);
});

t.test('a cut link holds its transfers until it is mended', async (t) => {
  const { kernel, network, log, at } = bench(starTopology(2, 1e9, 0));
  network.send(1, 0, 1, 1000, 1);
  at(400, () => network.setBandwidth(3, 0));
  at(1400, () => network.setBandwidth(3, 5e8));
  kernel.run(Infinity);
  t.same(log, [[1, 2600]]);
});

t.test('a killed transfer frees its share at once and is never delivered', async (t) => {
  const { kernel, network, log, at } = bench(starTopology(3, 1e9, 0));
  network.send(1, 1, 0, 1000, 1);
  network.send(2, 2, 0, 1000, 1);
  at(1000, () => network.kill(1));
  kernel.run(Infinity);
  t.same(log, [[2, 1500]]);
  const [, ingress, egress] = loadsOf(network);
  t.equal(ingress.bytes, 1500, '500 of the killed one');
  t.equal(egress.bytes, 500);
});

t.test('use counts the bytes that have passed so far, and time at full rate', async (t) => {
  const { kernel, network, at } = bench(starTopology(3, 1e9, 0));
  network.send(1, 1, 0, 1000, 1);
  network.send(2, 2, 0, 3000, 1);
  at(1000, () => {
    const uses = loadsOf(network);
    t.same([uses[1].bytes, uses[2].bytes, uses[4].bytes], [1000, 500, 500]);
    t.equal(uses[1].busyNs, 1000);
  });
  kernel.run(Infinity);
  const uses = loadsOf(network);
  t.same([uses[1].bytes, uses[2].bytes, uses[4].bytes], [4000, 1000, 3000]);
  t.same([uses[1].messages, uses[1].busyNs], [2, 4000]);
});

t.test('changes of one instant are solved once', async (t) => {
  const { kernel, network } = bench(starTopology(101, 1e9, 50));
  for (let worker = 1; worker <= 100; worker++) network.send(worker, worker, 0, 1000, 1);
  kernel.run(Infinity);
  t.equal(kernel.events, 102, 'a hundred enter, one settling as they enter, one as all end');
});

t.test('a transfer number may be used again from its delivery on', async (t) => {
  const kernel = new Kernel(1);
  let rounds = 0;
  const network: FairNetwork = new FairNetwork(kernel, ringTopology(3, 1e9, 5), {
    departed: () => {},
    delivered: () => {
      if (++rounds < 10) network.send(0, rounds % 3, (rounds + 1) % 3, 100, 1);
    },
  });
  network.send(0, 0, 1, 100, 1);
  kernel.run(Infinity);
  t.equal(kernel.now, 10 * 105);
});

t.test('a message to oneself has no link to travel on', async (t) => {
  const { network } = bench(starTopology(2, 1e9, 70));
  t.throws(() => network.send(0, 1, 1, 10, 1), { message: /no link between node 1 and node 1/ });
});

t.test('a latency that is no whole number ends at the next nanosecond', async (t) => {
  const { kernel, network, log } = bench(starTopology(2, 1e9, 3));
  network.send(0, 0, 1, 0, 1.1);
  kernel.run(Infinity);
  t.same(log, [[0, 4]]);
});

t.test('to kill what has arrived changes nothing', async (t) => {
  const { kernel, network, log, at } = bench(starTopology(3, 1e9, 0));
  network.send(1, 1, 0, 1000, 1);
  network.send(2, 2, 0, 3000, 1);
  network.send(3, 0, 1, 500, 1);
  at(2500, () => network.kill(1));
  at(2500, () => network.kill(3));
  kernel.run(Infinity);
  t.same(log, [
    [3, 500],
    [1, 2000],
    [2, 4000],
  ]);
  t.same(
    loadsOf(network).map(({ bytes }) => bytes),
    [500, 4000, 1000, 500, 3000, 0],
  );
});

t.test('use is held against what the link carries when nothing is wrong with it', async (t) => {
  const { kernel, network, at } = bench(starTopology(2, 1e9, 0));
  at(0, () => network.setBandwidth(3, 5e8));
  network.send(1, 0, 1, 1000, 1);
  kernel.run(Infinity);
  const busyNs = new Float64Array(4);
  network.busyNs(busyNs);
  t.same([kernel.now, ...busyNs], [2000, 1000, 0, 0, 1000]);
});

t.test('what ends at one instant on several links is delivered by number', async (t) => {
  const { kernel, network, log } = bench(starTopology(12, 1e9, 0));
  for (const transfer of [7, 2, 5, 0, 6, 3])
    network.send(transfer, transfer, 8 + (transfer >> 1), 1000, 1);
  kernel.run(Infinity);
  t.same(
    log.slice(-4).map(([transfer]) => transfer),
    [2, 3, 6, 7],
  );
});
