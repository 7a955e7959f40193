import { eachAccount } from '../../engine/node-accounts.ts';
import t from 'tap';
import { LatencyJitter } from '../../engine/latency-jitter.ts';
import { randomStream } from '../../engine/random.ts';
import { starTopology } from '../../engine/network/star.ts';
import { runAll, scripted, type Script } from './scripted-node.ts';

t.test('latencies are drawn from the stream of their pair and direction alone', async (t) => {
  const jitter = new LatencyJitter('channel', 7, 5, { kind: 'uniform', low: 0, high: 1 });
  const drawn = [];
  for (let i = 0; i < 3; i++) {
    drawn.push(jitter.factor(3, 4));
    jitter.factor(4, 3);
  }
  const stream = randomStream(7, 'channel/3/4/jitter');
  t.same(drawn, [stream.uniform(), stream.uniform(), stream.uniform()]);
  t.equal(new LatencyJitter('channel', 7, 5, undefined).factor(3, 4), 1);
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
