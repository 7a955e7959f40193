import { accountOf } from '../../engine/node-accounts.ts';
import t from 'tap';
import { runAll, scripted, type Script } from './scripted-node.ts';

const wait: Script = {};
const finish: Script = { start: (node) => (node.finished = true) };

t.test('an empty queue with unfinished nodes is a deadlock that lists them', async (t) => {
  const { simulation } = scripted([
    wait,
    finish,
    { start: (node) => (node.phase = 'waiting for a sign') },
  ]);
  const result = runAll(simulation).result();
  t.equal(result.outcome, 'failed');
  const standing = { waitsFor: 'the end of its script', inbox: [] };
  t.match(result.failure, {
    kind: 'deadlock',
    message: /2 of 3 nodes/,
    nodes: [
      { node: 0, phase: 'scripted', ...standing },
      { node: 2, phase: 'waiting for a sign', ...standing },
    ],
  });
});

t.test('over the memory limit the run ends with the node and its ledger', async (t) => {
  const { simulation } = scripted([
    wait,
    {
      start(node) {
        node.world.hold('weights', 600);
        node.world.hold('activations', 300);
        node.world.release('activations', 100);
        node.world.hold('activations', 201);
      },
    },
  ]);
  const result = runAll(simulation).result();
  t.match(result.failure, {
    kind: 'out-of-memory',
    node: 1,
    ledger: { weights: 600, activations: 401 },
    limitBytes: 1000,
    message: /node 1 in phase 'scripted', starting/,
  });
  t.equal(result.nodes.peakMemoryBytes[1], 900);
  t.same(accountOf(result.nodes, 1).memoryItems, { weights: 600, activations: 300 });
});

t.test(
  'a node that does not fit while it is placed fails the run, not the constructor',
  async (t) => {
    const { simulation } = scripted([wait, wait], {
      place(world) {
        if (world.self === 1) world.hold('weights', 1001);
        return { ...nobody };
      },
    });
    t.equal(simulation.run(10), false);
    t.match(simulation.result().failure, { kind: 'out-of-memory', node: 1 });
  },
);

const nobody = {
  phase: 'none',
  finished: false,
  start() {},
  receive() {},
  computed() {},
  woken() {},
  waitsFor: () => 'nothing',
};

t.test('an error in a handler names the node, its phase and what it was doing', async (t) => {
  const fail = (): never => {
    throw new Error('the cup is broken');
  };
  const send: Script = { start: (node) => node.world.send(1, { kind: 'tea' }, 1) };
  const cases: [Script, RegExp][] = [
    [{ start: fail }, /node 1 in phase 'scripted', starting: the cup is broken/],
    [{ receive: fail }, /node 1 in phase 'scripted', receiving 'tea' from node 0: the cup/],
    [
      { start: (n) => n.work('brew', 9, fail) },
      /phase 'scripted', at the end of job 'brew': the cup/,
    ],
    [{ start: (n) => n.work('brew', 9), computed: fail }, /at the end of job 'brew': the cup/],
    [{ start: (n) => n.work('b', 999), receive: fail }, /receiving 'tea' from node 0: the cup/],
    [{ start: (n) => n.world.wake('now', 9), woken: fail }, /waking for 'now': the cup/],
  ];
  for (const [script, message] of cases) {
    const result = runAll(scripted([send, script]).simulation).result();
    t.equal(result.outcome, 'failed');
    t.match(result.failure, { kind: 'error', node: 1, message });
  }
});

t.test('what a node may not ask for is an error in a sentence', async (t) => {
  const cases: [NonNullable<Script['start']>, RegExp][] = [
    [(n) => n.world.send(5, { kind: 'x' }, 1), /'x' is for node 5, a node from 0 to 1/],
    [(n) => n.world.send(1, { kind: 'x' }, 1.5), /'x' has 1.5 bytes/],
    [(n) => n.world.send(1, { kind: 'x' }, -1), /'x' has -1 bytes/],
    [(n) => n.world.wake('x', NaN), /'x' is due after NaN ns/],
    [(n) => n.world.release('x', 1), /only 0 are held/],
    [(n) => n.world.hold('x', 0.5), /0.5 bytes of 'x'/],
    [(n) => n.work('x', -1), /'x' has -1 FLOPs/],
    [(n) => n.world.random('jitter'), /the world's own/],
  ];
  for (const [start, message] of cases) {
    const failure = runAll(scripted([{ start }, wait]).simulation).result().failure;
    t.match(failure, { kind: 'error', node: 0, message });
  }
});
