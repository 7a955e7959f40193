import { loadsOf } from './loads-of.ts';
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../engine/kernel.ts';
import { FifoNetwork } from '../../../engine/network/fifo.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { Link, Topology } from '../../../engine/network/topology.ts';

interface Sending {
  atNs: number;
  source: number;
  target: number;
  bytes: number;
  factor?: number;
}

interface Played {
  network: FifoNetwork;
  kernel: Kernel;
  departedNs: number[];
  deliveredNs: number[];
  order: number[];
}

/** Plays transfers over a FIFO network, numbered as listed. */
function play(topology: Topology, sendings: Sending[]): Played {
  const kernel = new Kernel(1);
  const departedNs: number[] = [];
  const deliveredNs: number[] = [];
  const order: number[] = [];
  const network: FifoNetwork = new FifoNetwork(kernel, topology, {
    departed() {
      throw new Error('told again of what was settled as it was sent');
    },
    delivered(transfer) {
      if (!(departedNs[transfer] <= kernel.now)) throw new Error('delivered before it departed');
      deliveredNs[transfer] = kernel.now;
      order.push(transfer);
    },
  });
  const send = kernel.register((number) => {
    const { source, target, bytes, factor } = sendings[number];
    departedNs[number] = network.send(number, source, target, bytes, factor ?? 1);
  });
  sendings.forEach(({ atNs }, number) => kernel.schedule(atNs, send, number, 0));
  while (kernel.run(1000) > 0);
  return { network, kernel, departedNs, deliveredNs, order };
}

/** A star whose nodes have NICs of different rates. */
function unequalStar(bandwidths: number[], latencyNs: number): Topology {
  const star = starTopology(bandwidths.length, 1e9, latencyNs);
  const link = (index: number): Link => ({
    ...star.link(index),
    bandwidthBytesPerSecond: bandwidths[index >> 1],
  });
  return { ...star, link };
}

t.test('one message: size over bandwidth, plus latency', async (t) => {
  const { departedNs, deliveredNs } = play(ringTopology(4, 1e9, 100), [
    { atNs: 5, source: 0, target: 1, bytes: 1000 },
  ]);
  t.same([departedNs, deliveredNs], [[1005], [1105]]);
});

t.test('messages over one link queue up, the two directions do not meet', async (t) => {
  const { deliveredNs } = play(ringTopology(4, 1e9, 100), [
    { atNs: 0, source: 0, target: 1, bytes: 1000 },
    { atNs: 10, source: 0, target: 1, bytes: 500 },
    { atNs: 10, source: 1, target: 0, bytes: 500 },
  ]);
  t.same(deliveredNs, [1100, 1600, 610]);
});

t.test('over several hops the head cuts through: every latency once, the size once', async (t) => {
  const { deliveredNs, network } = play(ringTopology(6, 1e9, 100), [
    { atNs: 0, source: 0, target: 3, bytes: 1000 },
  ]);
  t.same(deliveredNs, [1300]);
  t.same(
    loadsOf(network).map((use) => use.bytes),
    [1000, 0, 1000, 0, 1000, 0, 0, 0, 0, 0, 0, 0],
  );
});

t.test('who reaches a link first takes it first, whoever was sent first', async (t) => {
  const { deliveredNs } = play(ringTopology(6, 1e9, 100), [
    { atNs: 0, source: 0, target: 2, bytes: 1000 },
    { atNs: 50, source: 1, target: 2, bytes: 300 },
  ]);
  // The second holds 1->2 from 50 to 350, when the head of the first has waited since 100.
  t.same(deliveredNs, [350 + 1000 + 100, 450]);
});

t.test(
  'PROTOCOLS 0: a slow sender holds the ingress of a fast receiver, and the reverse',
  async (t) => {
    const slowToFast = play(unequalStar([1e9, 4e9], 100), [
      { atNs: 0, source: 0, target: 1, bytes: 1000 },
    ]);
    t.same([slowToFast.departedNs, slowToFast.deliveredNs], [[1000], [1100]], 'eg_end + alpha');
    const fastToSlow = play(unequalStar([4e9, 1e9], 100), [
      { atNs: 0, source: 0, target: 1, bytes: 1000 },
    ]);
    t.same([fastToSlow.departedNs, fastToSlow.deliveredNs], [[250], [1100]], 'in_start + S / b_in');
  },
);

t.test('incast: the last of W messages into one NIC comes after W times its time', async (t) => {
  const incast = Array.from({ length: 16 }, (_, worker) => ({
    atNs: 0,
    source: worker + 1,
    target: 0,
    bytes: 1000,
  }));
  const { deliveredNs, network, kernel } = play(starTopology(17, 1e9, 100), incast);
  t.same(
    deliveredNs,
    incast.map((_, worker) => 100 + 1000 * (worker + 1)),
  );
  const ingress = loadsOf(network)[1];
  t.same(ingress, { messages: 16, bytes: 16000, busyNs: 16000 });
  t.equal(kernel.now, 16100);
});

/** PROTOCOLS section 0 as it is written, for a star: messages in order of sending, then of their heads' arrival. */
function formula(bandwidths: number[], latencyNs: number, sendings: Sending[]): number[] {
  const time = (bytes: number, node: number): number => Math.ceil((bytes * 1e9) / bandwidths[node]);
  const egressFree = bandwidths.map(() => 0);
  const ingressFree = bandwidths.map(() => 0);
  const done: number[] = [];
  const heads = sendings
    .map((sending, number) => ({ ...sending, number }))
    .sort((one, other) => one.atNs - other.atNs)
    .map(({ atNs, source, target, bytes, number }, position) => {
      const egressStart = Math.max(atNs, egressFree[source]);
      const egressEnd = egressStart + time(bytes, source);
      egressFree[source] = egressEnd;
      return { number, position, target, bytes, egressEnd, headNs: egressStart + latencyNs };
    });
  const byHead = heads.sort(
    (one, other) => one.headNs - other.headNs || one.position - other.position,
  );
  for (const { number, target, bytes, egressEnd, headNs } of byHead) {
    const ingressStart = Math.max(headNs, ingressFree[target]);
    done[number] = Math.max(ingressStart + time(bytes, target), egressEnd + latencyNs);
    ingressFree[target] = done[number];
  }
  return done;
}

const NODES = 4;

function sendingsIn(factor: fc.Arbitrary<number>): fc.Arbitrary<Sending[]> {
  return fc.array(
    fc
      .record({
        atNs: fc.nat(3000),
        source: fc.nat(NODES - 1),
        hops: fc.integer({ min: 1, max: NODES - 1 }),
        bytes: fc.integer({ min: 1, max: 1000 }),
        factor,
      })
      .map(({ hops, ...sending }) => ({ ...sending, target: (sending.source + hops) % NODES })),
    { maxLength: 40 },
  );
}

t.test('PROTOCOLS 0: any traffic in a star of unequal NICs meets the formula', async (t) => {
  const bandwidths = [1e9, 3e9, 0.5e9, 7e9];
  fc.assert(
    fc.property(sendingsIn(fc.constant(1)), (sendings) => {
      const { deliveredNs } = play(unequalStar(bandwidths, 1000), sendings);
      return deliveredNs.join() === formula(bandwidths, 1000, sendings).join();
    }),
  );
  t.pass();
});

t.test('invariant CH: no message overtakes another of its pair, whatever the jitter', async (t) => {
  const factor = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 5, noNaN: true }));
  for (const topology of [ringTopology(NODES, 1e9, 700), unequalStar([1e9, 5e9, 2e9, 3e9], 700)])
    fc.assert(
      fc.property(sendingsIn(factor), (sendings) => {
        sendings.sort((one, other) => one.atNs - other.atNs);
        const { order, deliveredNs } = play(topology, sendings);
        const last = new Map<string, number>();
        for (const number of order) {
          const { source, target, atNs, bytes } = sendings[number];
          const pair = `${source} ${target}`;
          if ((last.get(pair) ?? -1) > number) return false;
          last.set(pair, number);
          if (deliveredNs[number] < atNs + bytes / 5) return false;
        }
        return order.length === sendings.length;
      }),
    );
  t.pass();
});

t.test('jitter scales the latency and nothing else', async (t) => {
  const { departedNs, deliveredNs } = play(starTopology(2, 1e9, 100), [
    { atNs: 0, source: 0, target: 1, bytes: 1000, factor: 2.5 },
    { atNs: 5000, source: 0, target: 1, bytes: 1000, factor: 0.333 },
  ]);
  t.same(
    [departedNs, deliveredNs],
    [
      [1000, 6000],
      [1250, 6034],
    ],
  );
});

t.test('a link is never used more than all of the time, at the end or before', async (t) => {
  const sendings = Array.from({ length: 5 }, () => ({
    atNs: 0,
    source: 0,
    target: 1,
    bytes: 1000,
  }));
  const { network } = play(ringTopology(3, 1e9, 100), sendings);
  t.equal(loadsOf(network)[0].busyNs, 5000);
  const kernel = new Kernel(1);
  const early = new FifoNetwork(kernel, ringTopology(3, 1e9, 100), {
    departed() {},
    delivered() {},
  });
  for (let number = 0; number < 5; number++) early.send(number, 0, 1, 1000, 1);
  kernel.run(2);
  t.equal(
    loadsOf(early)[0].busyNs,
    kernel.now,
    'used without a pause, and what is to come left out',
  );
});

t.test('a node has no link to itself', async (t) => {
  const network = new FifoNetwork(new Kernel(1), starTopology(2, 1e9, 1), {
    departed() {},
    delivered() {},
  });
  t.throws(() => network.send(0, 1, 1, 10, 1), /no link between node 1 and node 1/);
});
