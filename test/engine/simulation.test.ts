import { eachAccount } from '../../engine/node-accounts.ts';
import t from 'tap';
import type { RunResult } from '../../engine/result.ts';
import type { Simulation } from '../../engine/simulation.ts';
import { HOST, runAll, scripted, type Script } from './scripted-node.ts';

const wait: Script = {};

function sums(result: RunResult): number[] {
  return [...eachAccount(result.nodes)].map(
    (n) => n.downNs + n.busyNs + n.redoNs + n.commNs + n.idleNs,
  );
}

t.test('a job end runs the job, hands over the inbox, then tells the node', async (t) => {
  const { simulation, nodes } = scripted([
    {
      start: (node) => node.work('long', 1000),
      computed: (node) => (node.finished = true),
    },
    {
      start(node) {
        node.world.send(0, { kind: 'first' }, 2);
        node.world.send(0, { kind: 'second' }, 2);
        node.finished = true;
      },
    },
  ]);
  runAll(simulation);
  t.same(nodes[0].log, [
    '1000 run long',
    '1000 first from 1',
    '1000 second from 1',
    '1000 computed long',
  ]);
  t.equal(simulation.result().outcome, 'finished');
});

t.test('with the engine free a message is received at once, as an event of its own', async (t) => {
  const { simulation, nodes } = scripted([
    {
      start(node) {
        node.world.send(1, { kind: 'ping' }, 2);
        node.world.send(0, { kind: 'self' }, 2);
        node.write('start is over');
        node.finished = true;
      },
    },
    { receive: (node) => (node.finished = true) },
  ]);
  runAll(simulation);
  t.same(nodes[0].log, ['0 start is over', '0 self from 0']);
  t.same(nodes[1].log, ['150 ping from 0'], '48 + 2 bytes and 100 ns of latency');
  const result = simulation.result();
  t.equal(result.messages, 1, 'what a node sends itself needs no network');
  t.equal(result.bytes, 50);
  t.same([result.nodes.messagesSent[0], result.nodes.bytesReceived[1]], [1, 50]);
});

t.test('a second job before the end of the first is an error', async (t) => {
  const twice: Script = {
    start(node) {
      node.work('one', 10);
      node.work('two', 10);
    },
  };
  const failure = runAll(scripted([twice]).simulation).result().failure!;
  t.match(failure.message, /'two' was asked for, but 'one' is not over/);

  const fromInbox: Script = {
    start(node) {
      node.world.send(node.world.self, { kind: 'note' }, 0);
      node.work('one', 10);
    },
    receive: (node) => node.work('two', 10),
  };
  const later = runAll(scripted([fromInbox]).simulation).result().failure!;
  t.match(later.message, /'two' was asked for, but 'one' is not over/);
});

t.test('alarms that fall due during a job come after computed, in order', async (t) => {
  const { simulation, nodes } = scripted([
    {
      start(node) {
        node.world.wake('late', 50);
        node.world.wake('early', 20);
        node.world.wake('taken back', 30);
        node.world.wake('moved', 10);
        node.work('job', 100);
      },
      computed(node) {
        node.world.cancel('taken back');
        node.world.cancel('never set');
        node.world.wake('moved', 5);
      },
      woken: (node, alarm) => (node.finished = alarm === 'moved'),
    },
  ]);
  runAll(simulation);
  t.same(nodes[0].log, [
    '100 run job',
    '100 computed job',
    '100 woken early',
    '100 woken late',
    '105 woken moved',
  ]);
});

t.test('an alarm set again moves', async (t) => {
  const { simulation, nodes } = scripted([
    {
      start(node) {
        node.world.wake('tick', 10);
        node.world.wake('tick', 30);
      },
      woken: (node) => (node.finished = true),
    },
  ]);
  runAll(simulation);
  t.same(nodes[0].log, ['30 woken tick']);
});

t.test('runJobs: false charges for jobs and never runs them', async (t) => {
  const script: Script = {
    start: (node) => node.work('job', 100),
    computed: (node) => (node.finished = true),
  };
  const paid = scripted([script], { runJobs: false });
  const run = scripted([script]);
  t.same(runAll(paid.simulation).result(), runAll(run.simulation).result());
  t.same(paid.nodes[0].log, ['100 computed job']);
  t.same(run.nodes[0].log, ['100 run job', '100 computed job']);
});

/** Two nodes that play ping-pong with jobs between, up to a number of rounds. */
function pingPong(rounds: number): Script[] {
  const play: Script = {
    receive: (node) => node.work('think', 70),
    computed(node) {
      node.world.note('thought', { at: node.world.now() });
      if (node.log.filter((line) => line.includes('computed')).length >= rounds)
        node.finished = true;
      node.world.send(1 - node.world.self, { kind: 'ball' }, 16);
    },
  };
  return [{ ...play, start: (node) => node.work('serve', 10) }, play];
}

const jitter = {
  compute: { kind: 'uniform', low: 0.5, high: 1.5 },
  latency: { kind: 'exponential', mean: 1 },
} as const;

t.test('the same seed gives the same digest, another seed another', async (t) => {
  const digest = (seed: number): string =>
    runAll(scripted(pingPong(5), { seed, jitter }).simulation).result().digest;
  t.match(digest(1), /^[0-9a-f]{16}$/);
  t.equal(digest(1), digest(1));
  t.not(digest(1), digest(2));
});

t.test('observers see everything and change nothing', async (t) => {
  const seen: string[] = [];
  const observed = scripted(pingPong(2), {
    observers: [
      { jobEnded: (node, job, start, end) => seen.push(`${node} ${job.name} ${start}-${end}`) },
      {
        messageSent: (_, from, to, m, bytes, at) =>
          seen.push(`${m.kind} ${from}->${to} ${bytes} B at ${at}`),
        messageDelivered: (_, from, to, m, at) =>
          seen.push(`${m.kind} ${from}->${to} there at ${at}`),
        noted: (node, at, name) => seen.push(`${node} ${name} at ${at}`),
      },
    ],
  });
  const alone = runAll(scripted(pingPong(2)).simulation).result();
  t.same(runAll(observed.simulation).result(), alone);
  t.same(seen.slice(0, 5), [
    '0 serve 0-10',
    '0 thought at 10',
    'ball 0->1 64 B at 10',
    'ball 0->1 there at 174',
    '1 think 174-244',
  ]);
});

t.test('the digest covers sizes and ends of messages that take the same time', async (t) => {
  const digest = (bytes: number): string =>
    runAll(
      scripted([
        {
          start(node) {
            node.world.send(0, { kind: 'self' }, bytes);
          },
          receive: (node) => (node.finished = true),
        },
      ]).simulation,
    ).result().digest;
  t.not(digest(1), digest(2));
});

t.test('an interrupted run leaves a partial result whose books sum to its time', async (t) => {
  const { simulation } = scripted(pingPong(1000));
  t.throws(() => simulation.result(), /the run has not ended/);
  t.ok(simulation.run(777));
  simulation.stop('interrupted');
  t.notOk(simulation.run(1));
  const result = simulation.result();
  t.equal(result.outcome, 'interrupted');
  t.equal(result.events, 777);
  t.same(sums(result), [result.timeNs, result.timeNs], 'PROTOCOLS F: the five sum to the time');
});

t.test('an observer can stop the run after the current event', async (t) => {
  let simulation: Simulation | null = null;
  const made = scripted(pingPong(1000), {
    observers: [{ noted: (_, at) => at > 5000 && simulation!.stop('stopped') }],
  });
  simulation = made.simulation;
  const result = runAll(simulation).result();
  t.equal(result.outcome, 'stopped');
  t.ok(result.timeNs > 5000 && result.timeNs < 5500, `stopped at ${result.timeNs}`);
});

t.test('a run may be stopped at a time', async (t) => {
  const stopped = runAll(scripted(pingPong(1000), { stopAtNs: 1234 }).simulation).result();
  t.match(stopped, { outcome: 'stopped', timeNs: 1234 });
  t.same(sums(stopped), [1234, 1234]);
  const deadlocked = runAll(scripted([wait], { stopAtNs: 1234 }).simulation).result();
  t.match(deadlocked.failure, { kind: 'deadlock' });
});

t.test('jobs cost overhead plus work, times the jitter, rounded up once', async (t) => {
  const script: Script = {
    start: (node) => node.work('job', 10),
    computed: (node) => (node.finished = true),
  };
  const { simulation } = scripted([script], {
    hosts: [{ speedFlopsPerSecond: 3e9, memoryBytes: Infinity, taskOverheadNs: 5 }],
    jitter: { compute: { kind: 'constant', value: 1.5 } },
  });
  t.equal(runAll(simulation).result().timeNs, Math.ceil((5 + 10 / 3) * 1.5));
});

t.test('streams of a node are the same object at each call, and its own', async (t) => {
  const drawn: number[] = [];
  const draw: Script = {
    start(node) {
      t.equal(node.world.random('dice'), node.world.random('dice'));
      drawn.push(node.world.random('dice').next(), node.world.random('coin').next());
      node.finished = true;
    },
  };
  runAll(scripted([draw, draw]).simulation);
  t.equal(new Set(drawn).size, 4);
});

t.test('as many hosts as the topology has nodes are needed', async (t) => {
  t.throws(() => scripted([wait, wait], { hosts: [HOST] }), /there are 1, the topology has 2/);
});
