import t from 'tap';
import fc from 'fast-check';
import type { WireEffect } from '../../../engine/faults/fault-rule.ts';
import { WireTimers } from '../../../engine/faults/wire-timers.ts';
import { Wire } from '../../../engine/faults/wire.ts';
import { Kernel } from '../../../engine/kernel.ts';
import type { Sharing } from '../../../engine/network/build.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { randomStream } from '../../../engine/random.ts';
import type { NodeId } from '../../../engine/world.ts';
import { Stations } from './stations.ts';

const NODES = 6;
const nodes = fc.subarray([0, 1, 2, 3, 4, 5] as NodeId[]);

t.test(
  'a scope concerns senders in `from` and receivers in `to`, and both ways unless one way',
  async (t) => {
    fc.assert(
      fc.property(nodes, nodes, fc.boolean(), (from, to, oneWay) => {
        const wire = new Wire(1, NODES);
        wire.begin(7, { kind: 'cut', scope: { from, to, oneWay }, forNs: null });
        for (let one = 0; one < NODES; one++)
          for (let other = 0; other < NODES; other++) {
            const there = from.includes(one) && to.includes(other);
            const back = from.includes(other) && to.includes(one);
            if (wire.isCut(one, other) !== (there || (!oneWay && back))) return false;
          }
        wire.end(7);
        return !from.some((one) => to.some((other) => wire.isCut(one, other)));
      }),
    );
    t.pass();
  },
);

t.test('a partition separates groups, and whoever is in none', async (t) => {
  const wire = new Wire(1, NODES);
  wire.begin(0, {
    kind: 'partition',
    groups: [
      [0, 1],
      [2, 3],
    ],
    forNs: null,
  });
  const passes = [];
  for (let one = 0; one < NODES; one++)
    for (let other = one + 1; other < NODES; other++)
      if (!wire.isCut(one, other) && !wire.isCut(other, one)) passes.push(`${one}${other}`);
  t.same(passes, ['01', '23']);
});

t.test('faults that overlap end one by one', async (t) => {
  const wire = new Wire(1, 2);
  const scope = { from: [0], to: [1], oneWay: true };
  wire.begin(0, { kind: 'cut', scope, forNs: null });
  wire.begin(1, { kind: 'partition', groups: [[0], [1]], forNs: null });
  wire.end(0);
  t.same([wire.isCut(0, 1), wire.isCut(1, 0)], [true, true]);
  wire.end(1);
  t.same([wire.isCut(0, 1), wire.isCut(1, 0)], [false, false]);
});

t.test('chance comes from the stream of the pair alone, and as often as was asked', async (t) => {
  const wire = new Wire(3, 3);
  const scope = { from: [0], to: [1, 2], oneWay: true };
  wire.begin(0, { kind: 'loss', scope, probability: 0.3, forNs: null });
  const stream = randomStream(3, 'wire/0/1');
  let lost = 0;
  for (let frame = 0; frame < 5000; frame++) {
    const loses = wire.loses(0, 1);
    wire.loses(0, 2);
    if (wire.loses(1, 0)) t.fail('out of scope');
    if (loses !== stream.uniform() < 0.3) t.fail('another stream');
    if (loses) lost++;
  }
  t.ok(lost > 1350 && lost < 1650, `${lost} of 5,000`);
  wire.begin(1, { kind: 'loss', scope, probability: 0.5, forNs: null });
  let more = 0;
  for (let frame = 0; frame < 5000; frame++) if (wire.loses(0, 1)) more++;
  t.ok(more > 3100 && more < 3400, `${more} of 5,000 with another loss: 1 - 0.7 x 0.5`);
});

/** Two nodes with one byte a nanosecond and 1,000 ns between them, under that effect from the beginning. */
function under(effect: WireEffect, seed = 1, sharing: Sharing = 'fifo'): Stations {
  const stations = new Stations({ topology: starTopology(2, 1e9, 1000), seed, sharing });
  stations.transport.beginWireFault(0, effect);
  return stations;
}
const there = { from: [0], to: [1], oneWay: true };

t.test('a frame sent into a cut waits for its end, and one that meets it on its way', async (t) => {
  for (const sharing of ['fifo', 'fair'] as const) {
    const cut = { kind: 'cut', scope: there, forNs: null } as const;
    const stations = under(cut, 1, sharing);
    stations.send(0, 1, 0, 52);
    stations.at(500, () => t.ok(stations.isQuiet, 'nothing is under way'));
    stations.at(500, () => stations.transport.endWireFault(0));
    stations.at(600, () => stations.send(0, 1, 1, 52));
    stations.at(1650, () => stations.transport.beginWireFault(1, cut));
    stations.at(1720, () => stations.transport.endWireFault(1));
    stations.run();
    t.equal(stations.transport.messagesLost, 0);
    t.same(stations.gotNs[1], [1600, 1770], sharing);
    t.equal(stations.transport.takePatience().longestNs, 6288, 'that of the largest frame');
    t.ok(stations.isQuiet);
  }
});

t.test(
  'a frame that leaves at the instant of a cut waits on the wire, and is booked once',
  async (t) => {
    const stations = new Stations({ topology: starTopology(2, 1e9, 1000) });
    const cut = { kind: 'cut', scope: there, forNs: null } as const;
    stations.at(100, () => stations.transport.beginWireFault(0, cut));
    stations.at(150, () => t.ok(stations.isQuiet));
    stations.at(200, () => stations.transport.endWireFault(0));
    stations.send(0, 1, 0, 52);
    stations.at(2000, () => stations.send(0, 1, 1, 52));
    stations.at(2050, () => t.equal(stations.stateOf(0), 'comm'));
    stations.run();
    t.same(stations.gotNs[1], [1200, 3100]);
    t.ok(stations.isQuiet);
  },
);

t.test('frames held back, and their doubles, that meet a cut are lost', async (t) => {
  const stations = under({ kind: 'reorder', scope: there, probability: 1, forNs: null });
  const { transport } = stations;
  transport.beginWireFault(1, { kind: 'duplicate', scope: there, probability: 1, forNs: null });
  stations.send(0, 1, 0, 52);
  stations.at(1101, () => {
    transport.endWireFault(0);
    transport.endWireFault(1);
    transport.beginWireFault(2, { kind: 'cut', scope: there, forNs: null });
    transport.endWireFault(2);
  });
  stations.run();
  t.equal(transport.messagesLost, 1, 'a double is none');
  t.same(stations.gotNs[1], [1100 + 6288 + 1100], 'sent again');
  t.ok(stations.isQuiet);
});

t.test('a doubled frame arrives again, and is handed over once', async (t) => {
  const stations = under({ kind: 'duplicate', scope: there, probability: 1, forNs: null });
  for (let n = 0; n < 5; n++) stations.send(0, 1, n);
  stations.run();
  t.equal(stations.got[1].length, 5);
  const messagesReceived = stations.transport.traffic.messagesReceived[1];
  t.equal(messagesReceived, 10);
  t.equal(stations.transport.messagesLost, 0);
});

t.test('frames held back overtake each other, by up to several latencies', async (t) => {
  const arrivals: number[] = [];
  const stations = under({ kind: 'reorder', scope: there, probability: 0.5, forNs: null });
  const { receivers } = stations.transport;
  const deliver = receivers[1].deliver.bind(receivers[1]);
  receivers[1].deliver = (message, from, bytes) => {
    arrivals.push(stations.kernel.now);
    deliver(message, from, bytes);
  };
  for (let n = 0; n < 200; n++) stations.at(20_000 * n, () => stations.send(0, 1, n, 52));
  stations.run();
  const delays = arrivals.map((timeNs, n) => timeNs - 20_000 * n - 1100);
  const held = delays.filter((ns) => ns > 0);
  t.ok(held.length > 70 && held.length < 130, `${held.length} of 200 were held back`);
  t.ok(Math.min(...delays) === 0 && Math.max(...delays) <= 8 * 1100 + 1);
  t.ok(held.some((ns) => ns < 2200) && held.some((ns) => ns > 6600));
});

t.test('degraded links take effect on the paths of the scope, and multiply', async (t) => {
  const stations = new Stations({ topology: ringTopology(4, 1e9, 1000) });
  const { transport } = stations;
  const degrade = (id: number, from: NodeId, to: NodeId, oneWay: boolean) =>
    transport.beginWireFault(id, {
      kind: 'degrade',
      scope: { from: [from], to: [to], oneWay },
      bandwidthFactor: 0.5,
      latencyFactor: 2,
      forNs: null,
    });
  degrade(0, 0, 1, false);
  degrade(1, 0, 2, true);
  stations.send(0, 1, 0, 152);
  stations.send(1, 0, 1, 152);
  stations.send(1, 2, 2, 152);
  stations.send(2, 1, 3, 152);
  stations.run(99_999);
  t.same(stations.gotNs[0], [2000 + 400]);
  t.same(stations.gotNs[1].sort(), [1000 + 200, 4000 + 800]);
  t.same(stations.gotNs[2], [2000 + 400]);
  transport.endWireFault(0);
  stations.at(100_000, () => stations.send(0, 1, 4, 152));
  stations.run(199_999);
  t.equal(stations.gotNs[1].at(-1), 100_000 + 2000 + 400, 'one of the two is over');
  transport.endWireFault(1);
  stations.at(200_000, () => stations.send(0, 1, 5, 152));
  stations.run();
  t.equal(stations.gotNs[1].at(-1), 200_000 + 1000 + 200);
});

t.test('the same seed has the same luck, another seed another', async (t) => {
  const digest = (seed: number) => {
    const stations = under({ kind: 'loss', scope: there, probability: 0.4, forNs: null }, seed);
    for (let n = 0; n < 50; n++) stations.send(0, 1, n);
    stations.run();
    return stations.kernel.digest;
  };
  t.equal(digest(1), digest(1));
  t.not(digest(1), digest(2));
});

t.test('a timer comes once, at the earliest time that was asked for', async (t) => {
  const kernel = new Kernel(1);
  const log: unknown[] = [];
  const timers = new WireTimers(kernel, 3, (...due) => log.push([kernel.now, ...due]));
  timers.set(1, 2, 'resend', 100);
  timers.set(1, 2, 'resend', 200);
  timers.set(1, 2, 'resend', 50);
  timers.set(1, 2, 'acknowledge', 70);
  timers.set(1, 0, 'watch', 60);
  timers.set(2, 0, 'watch', 60);
  timers.clear(2);
  kernel.run(Infinity);
  timers.set(1, 2, 'resend', 300);
  kernel.run(Infinity);
  t.same(log, [
    [50, 1, 2, 'resend'],
    [60, 1, 0, 'watch'],
    [70, 1, 2, 'acknowledge'],
    [300, 1, 2, 'resend'],
  ]);
});
