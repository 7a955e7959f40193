/** What the parameter server refuses, what it says when it waits for ever, and its edges towards the other protocols. */
import fc from 'fast-check';
import t from 'tap';
import type { Job, Message, World } from '../../../../engine/world.ts';
import { ScenarioError } from '../../../../models/protocol.ts';
import type { PullReply } from '../../../../models/protocols/parameter-server/messages.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import {
  EXACT_HOST,
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  anyOptimizer,
  assignmentOf,
  bitsOf,
  costTable,
  optionsOf,
  play,
  type Setup,
} from './harness.ts';

const BASE: Setup = {
  kind: 'ps-bsp',
  nodes: 4,
  model: SMALL_MLP,
  data: SMALL_DATA,
  training: TRAINING,
};
const COST: Setup = {
  ...BASE,
  model: costTable(100, 50),
  data: null,
  training: { ...TRAINING, numerics: 'cost' },
};

function planOf(setup: Setup) {
  return protocolOf(setup.kind)!.plan(assignmentOf(setup), optionsOf(setup));
}

t.test('D: BSP with one worker equals seq-sgd bit for bit', async (t) => {
  fc.assert(
    fc.property(
      anyOptimizer,
      fc.constantFrom<(32 | 64)[]>(32, 64),
      fc.integer({ min: 1, max: 16 }),
      fc.nat(1000),
      (optimizer, precision, batch, seed) => {
        const training = { ...TRAINING, optimizer, precision, batch };
        const server = play({ ...BASE, nodes: 2, training, seed });
        const sequential = play({ ...BASE, kind: 'seq-sgd', nodes: 1, training, seed });
        return (
          bitsOf(server.record.finalWeights) === bitsOf(sequential.record.finalWeights) &&
          server.record.iterations.every(
            ({ loss }, k) => loss === sequential.record.iterations[k].loss,
          )
        );
      },
    ),
    { numRuns: 40 },
  );
  t.pass();
});

t.test('a plan refuses what cannot run, and names the field', async (t) => {
  const refused: [string, Setup][] = [
    ['cluster.nodes', { ...BASE, nodes: 1 }],
    ['training.batch', { ...BASE, nodes: 14 }],
    ['data.kind', { ...BASE, data: null }],
    ['training.numerics', { ...BASE, model: COST.model }],
  ];
  for (const kind of ['ps-bsp', 'ps-asp'])
    for (const [path, setup] of refused) {
      let error: unknown = null;
      try {
        planOf({ ...setup, kind });
      } catch (thrown) {
        error = thrown;
      }
      t.ok(error instanceof ScenarioError, `${kind} refuses ${path}`);
      t.equal((error as ScenarioError).path, path);
      t.match((error as ScenarioError).message, /would be right$/);
    }
  t.same(planOf({ ...BASE, nodes: 13 }).roles, [...Array(12).fill('worker'), 'server']);
});

t.test('cost numerics run the same events as exact numerics', async (t) => {
  for (const kind of ['ps-bsp', 'ps-asp']) {
    const jitter = { compute: { kind: 'exponential', mean: 1 } as const };
    const exact = play({ ...BASE, kind, jitter });
    const cost = play({ ...BASE, kind, jitter, data: null, training: COST.training });
    t.equal(cost.result.digest, exact.result.digest);
    t.same(cost.result.nodes, exact.result.nodes);
    t.same(
      cost.record.iterations.map(({ loss }) => loss),
      [null, null, null],
    );
  }
});

t.test('the options are strict', async (t) => {
  for (const kind of ['ps-bsp', 'ps-asp']) {
    const { options } = protocolOf(kind)!;
    t.ok(options.safeParse({ kind }).success);
    t.notOk(options.safeParse({ kind, server: 2 }).success);
  }
});

/** Swallows the push of one worker for one clock. */
function swallowing(worker: number, clock: number) {
  return (world: World): World => {
    const lossy: World = Object.create(world);
    lossy.send = (to, message: Message & { iteration?: number }, bytes) => {
      const lost = message.kind === 'push' && world.self === worker && message.iteration === clock;
      if (!lost) world.send(to, message, bytes);
    };
    return lossy;
  };
}

t.test('BSP without a push ends in a deadlock whose report names it', async (t) => {
  const { result } = play({ ...COST, wrap: swallowing(1, 1) });
  t.equal(result.outcome, 'failed');
  const failure = result.failure!;
  if (failure.kind !== 'deadlock') return t.fail(failure.message);
  const server = failure.nodes.find(({ node }) => node === 3)!;
  t.equal(server.phase, 'serving');
  t.equal(server.waitsFor, 'the push of worker 1 for clock 1');
  const worker = failure.nodes.find(({ node }) => node === 0)!;
  t.equal(worker.phase, 'pulling');
  t.equal(worker.waitsFor, 'the weights of clock 2 from server 3');
});

t.test('ASP that is short of a push says of which share', async (t) => {
  const { result } = play({ ...COST, kind: 'ps-asp', wrap: swallowing(1, 2) });
  const failure = result.failure!;
  if (failure.kind !== 'deadlock') return t.fail(failure.message);
  t.same(
    failure.nodes.map(({ node, waitsFor }) => [node, waitsFor]),
    [[3, 'the pushes of shares 2/1']],
  );
});

t.test('a server over its memory limit names its ledger', async (t) => {
  const otherHosts = { 3: { ...EXACT_HOST, memoryBytes: 4 * 50 * 2 } };
  const { result } = play({ ...COST, otherHosts });
  const failure = result.failure!;
  if (failure.kind !== 'out-of-memory') return t.fail(failure.message);
  t.equal(failure.node, 3);
  t.same(failure.ledger, { weights: 200, 'gradient sum': 200, pushes: 200 });
});

/** A world in which nothing happens. */
function silentWorld(self: number): World {
  return {
    self,
    incarnation: 0,
    disk: null,
    now: () => 0,
    random: () => {
      throw new Error('no chance here');
    },
    send() {},
    compute() {},
    wake() {},
    cancel() {},
    hold() {},
    release() {},
    watch() {},
    unwatch() {},
    hangUp() {},
    save() {},
    load() {},
    persist() {},
    giveUp() {},
    note() {},
  };
}

t.test('an illegal edge throws with node, phase and message', async (t) => {
  const job: Job = { name: 'none', flops: 0, run() {} };
  const reply: PullReply = {
    kind: 'pull-reply',
    epoch: 0,
    safe: 0,
    shard: 0,
    version: 0,
    weights: null,
    iteration: 0,
    share: 2,
    further: [],
    more: true,
  };
  const pull = { kind: 'pull', clock: 0 };
  const push = { kind: 'push', iteration: 0, share: 0, gradient: null, lossSum: null };

  const worker = planOf(COST).createNode(silentWorld(2));
  worker.start();
  t.throws(() => worker.receive(reply, 0), /^worker 2 in phase pulling .*pull-reply from node 0$/);
  t.throws(() => worker.computed(job), /worker 2 in phase pulling cannot take the end of job none/);
  t.throws(() => worker.woken('x'), /worker 2 in phase pulling cannot take alarm x/);
  worker.receive(reply, 3);
  t.equal(worker.phase, 'computing');
  t.throws(() => worker.receive(reply, 3), /worker 2 in phase computing cannot take pull-reply/);

  for (const kind of ['ps-bsp', 'ps-asp']) {
    const server = planOf({ ...COST, kind }).createNode(silentWorld(3));
    server.start();
    const idle = server.phase;
    t.throws(() => server.receive(reply, 0), new RegExp(`^server 3 in phase ${idle} .*pull-reply`));
    t.throws(() => server.receive(pull, 3), /cannot take pull from node 3/);
    t.throws(() => server.receive({ ...push, iteration: 1 } as Message, 0), /push of clock 1/);
    if (kind === 'ps-bsp')
      t.throws(() => server.receive({ ...pull, clock: 2 } as Message, 0), /pull of clock 2/);
    else server.receive(pull, 0);
    t.throws(() => server.computed(job), /cannot take the end of job none/);
    t.throws(() => server.woken('x'), /cannot take alarm x/);
    server.receive(push, 0);
    const repeat = () => {
      server.receive(push, 0);
      server.computed(job);
    };
    t.throws(repeat, /cannot take push of clock 0 from worker 0/);
  }

  // All have pushed, so all have pulled: who asks for the weights now would get what is being updated.
  const server = planOf(COST).createNode(silentWorld(3));
  server.start();
  for (const from of [0, 1, 2]) server.receive({ ...push, share: from } as Message, from);
  for (let added = 0; added < 3; added++) server.computed(job);
  t.equal(server.phase, 'updating');
  t.throws(
    () => server.receive(pull, 1),
    /phase updating cannot take pull of clock 0 from worker 1/,
  );
});
