import { eachAccount } from '../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { Channels } from '../../engine/channels.ts';
import { randomStream } from '../../engine/random.ts';
import { starTopology } from '../../engine/network/star.ts';
import { runAll, scripted, type Script } from './scripted-node.ts';

t.test('invariant CH: what is handed over is a prefix of what was sent', async (t) => {
  const arrivals = fc.integer({ min: 1, max: 20 }).chain((count) =>
    fc.shuffledSubarray(
      Array.from({ length: count }, (_, transfer) => transfer),
      { minLength: count },
    ),
  );
  fc.assert(
    fc.property(arrivals, (arrivals) => {
      const channels = new Channels(1, 2);
      arrivals.forEach((_, transfer) => channels.sent(0, 1, transfer));
      const there = new Set<number>();
      const handed: number[] = [];
      for (const transfer of arrivals) {
        there.add(transfer);
        let next = channels.arrived(transfer) ? transfer : -1;
        for (; next >= 0; next = channels.take(next)) handed.push(next);
        // Everything up to the first that is still on its way, and in order.
        let prefix = 0;
        while (there.has(prefix)) prefix++;
        if (handed.join() !== Array.from({ length: prefix }, (_, at) => at).join()) return false;
      }
      return handed.length === arrivals.length;
    }),
  );
  t.pass();
});

t.test('channels do not hold up one another, not even the two directions of a pair', async (t) => {
  const channels = new Channels(1, 3);
  channels.sent(0, 1, 10);
  channels.sent(1, 0, 11);
  channels.sent(0, 2, 12);
  channels.sent(0, 1, 13);
  t.same([channels.arrived(13), channels.arrived(11), channels.take(11)], [false, true, -1]);
  t.throws(() => channels.arrived(99), /transfer 99, which is not on its way/);
  t.throws(() => channels.arrived(11), /transfer 11, which is not on its way/);
});

t.test('latencies are drawn from the stream of their channel alone', async (t) => {
  const uniform = { kind: 'uniform', low: 0, high: 1 } as const;
  const channels = new Channels(7, 5);
  const drawn = [];
  for (let i = 0; i < 3; i++) {
    drawn.push(channels.latencyFactor(3, 4, uniform));
    channels.latencyFactor(4, 3, uniform);
  }
  const stream = randomStream(7, 'channel/3/4/jitter');
  t.same(drawn, [stream.uniform(), stream.uniform(), stream.uniform()]);
});

/** Sends many messages at once, big and small; the other counts them. */
const COUNT = 40;
const sender: Script = {
  start(node) {
    for (let i = 0; i < COUNT; i++) node.world.send(1, { kind: `${i}` }, i % 3 === 0 ? 5000 : 5);
    node.finished = true;
  },
};
const receiver: Script = {
  receive: (node) => (node.finished = node.log.length === COUNT),
};

for (const sharing of ['fifo', 'fair'] as const)
  t.test(`messages between two nodes arrive in the order of sending: ${sharing}`, async (t) => {
    const latency = { kind: 'exponential', mean: 3 } as const;
    const { simulation, nodes } = scripted([sender, receiver], {
      sharing,
      topology: starTopology(2, 1e9, 1000),
      jitter: { latency },
    });
    const result = runAll(simulation).result();
    t.equal(result.outcome, 'finished');
    t.same(
      nodes[1].log.map((line) => line.split(' ')[1]),
      Array.from({ length: COUNT }, (_, i) => `${i}`),
    );
    for (const node of eachAccount(result.nodes))
      t.equal(
        node.downNs + node.busyNs + node.redoNs + node.commNs + node.idleNs,
        result.timeNs,
        'PROTOCOLS F: and the books are closed',
      );
  });
