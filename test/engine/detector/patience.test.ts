/** How long a peer may be silent on wires that are bad: lossy ones, where that is learnt, and slow ones. */
import t from 'tap';
import { Watches } from '../../../engine/detector/watches.ts';
import type { WireEffect } from '../../../engine/faults/fault-rule.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { Message } from '../../../engine/world.ts';
import { Stations } from '../channel/stations.ts';

const SECOND_NS = 1e9;
const PEER = 1;

/** How long it takes until a peer is suspected of which nothing is heard. */
function silenceOf(watches: Watches): number {
  watches.begin(PEER, 0);
  for (;;) {
    const timeNs = watches.nextNs(PEER);
    if (watches.due(PEER, timeNs) === 'suspicion') return timeNs;
  }
}

function between(kind: 'loss', probability: number): WireEffect;
function between(kind: 'degrade', bandwidthFactor: number): WireEffect;
function between(kind: 'loss' | 'degrade', share: number): WireEffect {
  const scope = { from: [0], to: [1], oneWay: false };
  if (kind === 'loss') return { kind, scope, probability: share, forNs: null };
  return { kind, scope, bandwidthFactor: share, latencyFactor: 1, forNs: null };
}

const watching = (bandwidth = 1e9) => {
  const stations = new Stations({ topology: starTopology(2, bandwidth, 1000) });
  stations.at(0, () => stations.transport.watch(0, 1));
  stations.at(0, () => stations.transport.watch(1, 0));
  return stations;
};

t.test('C: each wrong suspicion of a peer beyond two doubles the time it is given', async (t) => {
  const watches = new Watches({ heartbeatNs: 10, misses: 3 }, () => 5);
  const silences = Array.from({ length: 6 }, () => {
    const silenceNs = silenceOf(watches);
    watches.refute(PEER);
    watches.refute(PEER);
    return silenceNs;
  });
  t.same(silences, [30, 30, 30, 60, 120, 240]);
  t.equal(watches.wrongSuspicions, 6);
  t.equal(watches.longestSilenceNs, 480);
});

t.test('C: one that has crashed was suspected rightly, however often that happens', async (t) => {
  const watches = new Watches({ heartbeatNs: 10, misses: 3 }, () => 5);
  for (let crash = 0; crash < 6; crash++) {
    t.equal(silenceOf(watches), 30);
    watches.confirm(PEER);
    watches.refute(PEER);
  }
  t.equal(watches.wrongSuspicions, 0);
});

t.test(
  'C: where nothing gets through before the end of time it is as if the wire were cut',
  async (t) => {
    t.equal(silenceOf(new Watches({ heartbeatNs: 10, misses: 3 }, () => Infinity)), 30);
  },
);

t.test(
  'on a wire that takes minutes few heartbeats are under way, and nobody is suspected',
  async (t) => {
    const stations = watching();
    stations.at(50_000, () => stations.transport.beginWireFault(0, between('degrade', 1e-9)));
    let most = 0;
    for (let second = 1; second <= 1000; second++) {
      stations.run(second * SECOND_NS);
      most = Math.max(most, stations.kernel.pending);
    }
    t.ok(most < 10, `${most} events are pending: heartbeats need none`);
    stations.at(1001 * SECOND_NS, () => stations.transport.beginWireFault(1, between('loss', 1)));
    stations.run(1001 * SECOND_NS);
    const { pending } = stations.kernel;
    t.ok(pending > 10 && pending < 100, `${pending} events are pending once they may be lost`);
    t.ok(stations.kernel.events < 2000, `${stations.kernel.events} events in all`);
    t.same(stations.suspicions, [[], []]);
  },
);

t.test(
  'on such a wire a crash is found within two round trips; on a mended one as soon as ever',
  async (t) => {
    const slow = watching();
    slow.at(50_000, () => slow.transport.beginWireFault(0, between('degrade', 1e-9)));
    slow.at(1000 * SECOND_NS, () => slow.crash(1));
    slow.run(2000 * SECOND_NS);
    t.equal(slow.suspicions[0].length, 1);
    const foundNs = slow.suspicions[0][0].timeNs - 1000 * SECOND_NS;
    t.ok(foundNs > 100 * SECOND_NS && foundNs < 600 * SECOND_NS, `${foundNs}`);

    const mended = watching();
    mended.at(50_000, () => mended.transport.beginWireFault(0, between('degrade', 1e-9)));
    mended.at(1000 * SECOND_NS, () => mended.transport.endWireFault(0));
    mended.at(1001 * SECOND_NS, () => mended.crash(1));
    mended.run(1002 * SECOND_NS);
    const [{ timeNs }] = mended.suspicions[0];
    t.ok(timeNs - 1001 * SECOND_NS < 40_000, `${timeNs}`);
  },
);

t.test(
  'a reminder waits until the one before has arrived; what is said once does not',
  async (t) => {
    const stations = new Stations({ topology: starTopology(2, 1e9, 1000) });
    const { transport, kernel } = stations;
    const remind = (n: number) =>
      transport.send(0, 1, { kind: 'numbered', n, isReminder: true } as Message, 16);
    stations.at(0, () => transport.beginWireFault(0, between('loss', 1)));
    for (let n = 0; n < 100; n++) stations.at(n * 10_000, () => remind(n));
    stations.at(500_000, () => stations.send(0, 1, 1000));
    stations.at(2_000_000, () => transport.endWireFault(0));
    stations.at(9_000_000, () => remind(100));
    stations.run();
    t.equal(kernel.pending, 0);
    t.same(stations.got[1], ['0:0', '0:1000', '0:100']);
  },
);
