/** Transfers of one connection queue, and connections share: held against queues of plain objects. */
import fc from 'fast-check';
import t from 'tap';
import { Kernel } from '../../../../engine/kernel.ts';
import { FairNetwork } from '../../../../engine/network/fair/fair-network.ts';
import { ringTopology } from '../../../../engine/network/ring.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import type { Topology } from '../../../../engine/network/topology.ts';
import { type Sending, slowEnds } from './slow-connections.ts';

/** Number and time of what is delivered, in that order. */
function play(topology: Topology, sendings: readonly Sending[], apart = false): [number, number][] {
  const kernel = new Kernel(1);
  const log: [number, number][] = [];
  const client = {
    departed: () => {},
    delivered: (number: number) => void log.push([number, kernel.now]),
  };
  const network = new FairNetwork(kernel, topology, client, apart);
  const sending = kernel.register((number) => {
    const { source, target, bytes, latencyFactor } = sendings[number];
    network.send(number, source, target, bytes, latencyFactor);
  });
  sendings.forEach(({ atNs }, number) => kernel.schedule(atNs, sending, number, 0));
  kernel.run(Infinity);
  return log;
}

const traffic = fc.integer({ min: 2, max: 6 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    isRing: fc.boolean(),
    latencyNs: fc.nat(300),
    sendings: fc
      .array(
        fc.record({
          atNs: fc.nat(4000),
          source: fc.nat(nodes - 1),
          step: fc.integer({ min: 1, max: Math.min(2, nodes - 1) }),
          bytes: fc.integer({ min: 1, max: 2000 }),
          latencyFactor: fc.constantFrom(1, 1, 0.5, 3),
        }),
        { minLength: 1, maxLength: 30 },
      )
      .map((all) =>
        all
          .map(({ step, ...rest }) => ({ ...rest, target: (rest.source + step) % nodes }))
          .sort((one, other) => one.atNs - other.atNs),
      ),
  }),
);

t.test(
  'random traffic ends when the slow queues end: first in, first out in a connection, fair between them',
  async (t) => {
    fc.assert(
      fc.property(traffic, ({ nodes, isRing, latencyNs, sendings }) => {
        const topology = (isRing ? ringTopology : starTopology)(nodes, 1e9, latencyNs);
        const ends = slowEnds(topology, sendings);
        const log = play(topology, sendings);
        // A chain of transfers rounds each of its ends up to a whole nanosecond.
        return (
          log.length === sendings.length &&
          log.every(([number, timeNs]) => Math.abs(timeNs - ends[number]) < 2 + sendings.length)
        );
      }),
      { numRuns: 400 },
    );
    t.pass();
  },
);

t.test('transfers from one node to another arrive in the order of sending', async (t) => {
  fc.assert(
    fc.property(traffic, ({ nodes, isRing, latencyNs, sendings }) => {
      const topology = (isRing ? ringTopology : starTopology)(nodes, 1e9, latencyNs);
      const last = new Map<string, number>();
      return play(topology, sendings).every(([number]) => {
        const { source, target } = sendings[number];
        const before = last.get(`${source} ${target}`) ?? -1;
        last.set(`${source} ${target}`, number);
        return before < number;
      });
    }),
  );
  t.pass();
});

t.test(
  'of two transfers to one node the first has the whole link; apart they share it',
  async (t) => {
    const topology = starTopology(2, 1e9, 100);
    const both = [0, 1].map(() => ({
      atNs: 0,
      source: 0,
      target: 1,
      bytes: 1000,
      latencyFactor: 1,
    }));
    t.same(play(topology, both), [
      [0, 1100],
      [1, 2100],
    ]);
    t.same(play(topology, both, true), [
      [0, 2100],
      [1, 2100],
    ]);
  },
);

t.test('a connection counts once, however much waits in it', async (t) => {
  const to = (source: number, bytes: number): Sending => ({
    atNs: 0,
    source,
    target: 0,
    bytes,
    latencyFactor: 1,
  });
  const sendings = [to(1, 500), to(1, 500), to(1, 1000), to(2, 1000)];
  // Half of the link each until 2000; the rest of node 1's has all of it.
  t.same(play(starTopology(3, 1e9, 0), sendings), [
    [0, 1000],
    [1, 2000],
    [3, 2000],
    [2, 3000],
  ]);
});

/** A ring of three nodes, a byte a nanosecond; what is to happen at which time, and what was delivered when. */
function happen(events: readonly [number, (network: FairNetwork) => void][]) {
  const kernel = new Kernel(1);
  const log: [number, number][] = [];
  const client = {
    departed: () => {},
    delivered: (number: number) => void log.push([number, kernel.now]),
  };
  const network = new FairNetwork(kernel, ringTopology(3, 1e9, 0), client);
  const happening = kernel.register((index) => events[index][1](network));
  events.forEach(([timeNs], index) => kernel.schedule(timeNs, happening, index, 0));
  kernel.run(Infinity);
  return { log, network };
}

t.test(
  'whoever comes after the last of a connection was killed waits for those before',
  async (t) => {
    const { log } = happen([
      [0, (network) => [0, 1].forEach((number) => network.send(number, 0, 1, 1000, 1))],
      [100, (network) => t.ok(network.kill(1))],
      [200, (network) => network.send(2, 0, 1, 1000, 1)],
    ]);
    t.same(log, [
      [0, 1000],
      [2, 2000],
    ]);
  },
);

t.test(
  'a transfer that waits for its turn can stand still, and waits again afterwards',
  async (t) => {
    const { log, network } = happen([
      [0, (network) => [0, 1].forEach((number) => network.send(number, 0, 1, 1000, 1))],
      [100, (network) => t.same([network.hold(1), network.hold(0)], [true, true])],
      [600, (network) => [0, 1].forEach((number) => network.goOn(number))],
    ]);
    t.same(log, [
      [0, 1500],
      [1, 2500],
    ]);
    t.equal(network.loads().messages[0], 2);
  },
);

t.test('whoever goes another way waits for nobody of the usual one', async (t) => {
  const wayRound = (network: FairNetwork) => {
    const links = new Int32Array(2);
    const topology = ringTopology(3, 1e9, 0);
    topology.route(0, 2, links.subarray(0, 1));
    topology.route(2, 1, links.subarray(1, 2));
    network.send(1, 0, 1, 1000, 1, links);
  };
  const { log } = happen([
    [0, (network) => network.send(0, 0, 1, 1000, 1)],
    [100, (network) => t.ok(network.hold(0))],
    [200, wayRound],
  ]);
  t.same(log, [[1, 1200]]);
});
