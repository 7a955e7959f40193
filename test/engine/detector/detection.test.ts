import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { BEAT_PAYLOAD_BYTES } from '../../../engine/channel/frame.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { Stations, type StationOptions } from '../channel/stations.ts';

const BEAT_BYTES = MESSAGE_HEADER_BYTES + BEAT_PAYLOAD_BYTES;

const detection = fc.record({
  latencyNs: fc.integer({ min: 1, max: 3000 }),
  misses: fc.integer({ min: 2, max: 6 }),
  heartbeatNs: fc.integer({ min: 7000, max: 20_000 }),
  crashNs: fc.integer({ min: 0, max: 300_000 }),
  /** Whether the one that crashes watches too. */
  isMutual: fc.boolean(),
  watchNs: fc.nat(20_000),
  isRing: fc.boolean(),
});

t.test('PROTOCOLS C: a crash is found within [(k-1) h, k h] + alpha, at any instant', async (t) => {
  let least = Infinity;
  let most = 0;
  fc.assert(
    fc.property(detection, (given) => {
      const { latencyNs, misses, heartbeatNs, isMutual, watchNs } = given;
      const crashNs = watchNs + given.crashNs;
      const stations = new Stations({
        topology: given.isRing ? ringTopology(3, 1e9, latencyNs) : starTopology(3, 1e9, latencyNs),
        detector: { heartbeatNs, misses },
      });
      const { transport } = stations;
      if (isMutual) stations.at(0, () => transport.watch(1, 0));
      stations.at(watchNs, () => transport.watch(0, 1));
      stations.at(crashNs, () => stations.crash(1));
      stations.run(crashNs + 20 * misses * heartbeatNs);
      const [suspicion, ...others] = stations.suspicions[0];
      const alphaNs = latencyNs + BEAT_BYTES;
      const afterNs = suspicion.timeNs - crashNs - alphaNs;
      const rest = (afterNs - (misses - 1) * heartbeatNs) / heartbeatNs;
      least = Math.min(least, rest);
      most = Math.max(most, rest);
      return suspicion.peer === 1 && others.length === 0 && rest >= 0 && rest <= 1;
    }),
    { numRuns: 300 },
  );
  t.ok(least < 0.1 && most > 0.9, `from ${least} to ${most} of a heartbeat`);
});

t.test('nobody is suspected without faults, however long and whatever the traffic', async (t) => {
  const quiet = fc.record({
    sharing: fc.constantFrom('fifo' as const, 'fair' as const),
    latencyNs: fc.integer({ min: 0, max: 3000 }),
    watches: fc.array(fc.record({ node: fc.nat(3), by: fc.nat(3), atNs: fc.nat(90_000) })),
    sendings: fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), bytes: fc.nat(900_000) })),
  });
  fc.assert(
    fc.property(quiet, ({ sharing, latencyNs, watches, sendings }) => {
      const topology = starTopology(4, 1e9, latencyNs);
      const detector = { heartbeatNs: 10_000, misses: 2 };
      const stations = new Stations({ topology, sharing, detector });
      for (const { node, by, atNs } of watches)
        stations.at(atNs, () => {
          if (node !== by) stations.transport.watch(by, node);
        });
      sendings.forEach(({ from, to, bytes }, n) => stations.send(from, to, n, bytes));
      stations.run(5_000_000);
      return stations.suspicions.every((list) => list.length === 0);
    }),
    { numRuns: 40 },
  );
  t.pass();
});

const three = (options: Partial<StationOptions> = {}) =>
  new Stations({
    topology: starTopology(3, 1e9, 100),
    detector: { heartbeatNs: 1000, misses: 3 },
    ...options,
  });

t.test(
  'a host that has come back before it was missed is suspected when it is heard',
  async (t) => {
    const stations = three();
    stations.transport.watch(0, 1);
    stations.at(5500, () => stations.crash(1));
    stations.at(5600, () => stations.transport.returned(1, 1));
    stations.run(9999);
    // The beat of 6000 is answered from the next incarnation: there at 6156, back at 6312.
    t.same(stations.suspicions[0], [{ peer: 1, timeNs: 6312 }]);
    t.same(stations.suspicions[1], []);
    stations.at(10_000, () => stations.transport.watch(0, 1));
    stations.run(50_000);
    t.equal(stations.suspicions[0].length, 1, 'watched again, in the incarnation that is known');
  },
);

t.test(
  'a paused host is suspected, and does not suspect those it has not heard itself',
  async (t) => {
    const stations = three();
    stations.transport.watch(0, 1);
    stations.transport.watch(1, 0);
    stations.transport.watch(1, 2);
    stations.at(10_500, () => stations.transport.paused(1));
    stations.at(60_500, () => stations.transport.resumed(1));
    stations.run(100_000);
    t.equal(stations.suspicions[0].length, 1);
    t.ok(stations.suspicions[0][0].timeNs < 14_000);
    t.same(stations.suspicions[1], []);
  },
);

t.test('a pause shorter than the silence is only delay', async (t) => {
  const stations = three();
  stations.transport.watch(0, 1);
  stations.at(10_500, () => stations.transport.paused(1));
  stations.at(12_500, () => stations.transport.resumed(1));
  stations.run(100_000);
  t.same(stations.suspicions[0], []);
});

t.test(
  'a cut one way makes only the deaf side suspect, if the other is watched by it alone',
  async (t) => {
    const stations = three();
    stations.transport.watch(0, 1);
    stations.transport.watch(1, 0);
    stations.at(10_500, () =>
      stations.transport.beginWireFault(0, {
        kind: 'cut',
        scope: { from: [1], to: [0], oneWay: true },
        forNs: null,
      }),
    );
    stations.run(13_400);
    t.same(
      stations.suspicions.map((list) => list.length),
      [1, 0, 0],
    );
  },
);

t.test('heartbeats are lost as any frame is, and meet cuts on their way', async (t) => {
  const stations = three();
  const { transport } = stations;
  const scope = { from: [1], to: [0, 2], oneWay: true };
  transport.watch(0, 1);
  transport.watch(2, 1);
  stations.at(5500, () =>
    transport.beginWireFault(0, {
      kind: 'loss',
      scope: { ...scope, to: [0] },
      probability: 1,
      forNs: null,
    }),
  );
  // To node 2 only the answers on their way are cut off, from after they were sent until after they arrive.
  for (let timeNs = 6200; timeNs < 20_000; timeNs += 1000) {
    const id = timeNs;
    stations.at(timeNs, () =>
      transport.beginWireFault(id, { kind: 'cut', scope: { ...scope, to: [2] }, forNs: 200 }),
    );
    stations.at(timeNs + 200, () => transport.endWireFault(id));
  }
  stations.run(30_000);
  t.same(stations.suspicions, [[{ peer: 1, timeNs: 8312 }], [], [{ peer: 1, timeNs: 8312 }]]);
});

t.test('to watch a peer again and again does not put its suspicion off', async (t) => {
  const stations = three();
  for (let timeNs = 0; timeNs < 20_000; timeNs += 500)
    stations.at(timeNs, () => {
      if (stations.suspicions[0].length === 0) stations.transport.watch(0, 1);
    });
  stations.at(5500, () => stations.crash(1));
  stations.run(100_000);
  // The beat of 5000 was answered at 5156 and heard at 5312.
  t.same(stations.suspicions[0], [{ peer: 1, timeNs: 8312 }]);
});

t.test('any frame is a sign of life', async (t) => {
  const stations = three({ detector: { heartbeatNs: 1000, misses: 2 } });
  const { transport } = stations;
  transport.watch(0, 1);
  // Beats and answers are lost from 5000 on, or so it seems: only messages come, of which each is heard.
  for (let n = 0; n < 30; n++) stations.at(5000 + 900 * n, () => stations.send(1, 0, n));
  stations.at(4999, () =>
    transport.beginWireFault(0, {
      kind: 'cut',
      scope: { from: [0], to: [1], oneWay: true },
      forNs: null,
    }),
  );
  stations.run(31_000);
  t.same(stations.suspicions[0], []);
  stations.run(60_000);
  t.equal(stations.suspicions[0].length, 1, 'the last is sent again, but ever more rarely');
});

t.test('who is watched no more is not suspected, and costs nothing', async (t) => {
  const stations = three();
  stations.transport.watch(0, 1);
  stations.at(5500, () => stations.transport.unwatch(0, 1));
  stations.at(6000, () => stations.crash(1));
  t.equal(stations.run(1e9), false, 'nothing is left to happen');
  t.same(stations.suspicions[0], []);
});

t.test('heartbeats come and go without touching messages', async (t) => {
  const timesOf = (isWatched: boolean) => {
    const stations = three({ latencyJitter: { kind: 'exponential', mean: 1 } });
    if (isWatched) {
      stations.transport.watch(0, 1);
      stations.transport.watch(1, 0);
    }
    for (let n = 0; n < 50; n++) stations.at(700 * n, () => stations.send(0, 1, n, 400));
    stations.run(100_000);
    return stations.gotNs[1];
  };
  t.same(timesOf(true), timesOf(false));
});
