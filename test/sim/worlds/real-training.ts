/** The real worlds: the same bits as the simulated one, honest books, and nothing left behind. */
import { accountOf, eachAccount } from '../../../engine/node-accounts.ts';
import cluster from 'node:cluster';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { dataOf } from '../../../sim/assemble.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import { RealWorld, type RealWorldKind } from '../../../sim/worlds/real/real-world.ts';
import { type Ended, playOn, simulated } from './played.ts';
import { tinyScenario } from './tiny.ts';

const work = fc.record({
  kind: fc.constantFrom('ring-tmp', 'ps-bsp', 'all-reduce'),
  nodes: fc.integer({ min: 2, max: 4 }),
  precision: fc.constantFrom<(32 | 64)[]>(32, 64),
  optimizer: fc.constantFrom<('sgd' | 'momentum' | 'adam')[]>('sgd', 'momentum', 'adam'),
  microBatches: fc.constantFrom(1, 3, 4),
  seed: fc.integer({ min: 0, max: 1000 }),
});

/** Each kind on each number of nodes, in one precision or the other. */
const FIXED = [
  ['ring-tmp', 2, 32],
  ['ring-tmp', 3, 64],
  ['ring-tmp', 4, 32],
  ['ps-bsp', 2, 64],
  ['ps-bsp', 3, 32],
  ['ps-bsp', 4, 64],
  ['all-reduce', 2, 32],
  ['all-reduce', 3, 64],
  ['all-reduce', 4, 32],
] as const;

/** Those that have cases of their own here. */
const TRIED = [
  ...['ring-tmp', 'ps-bsp', 'all-reduce', 'ps-asp'],
  ...['gpipe', '1f1b', 'interleaved-1f1b', 'zb1p', 'dualpipe-v', 'pipeline'],
];

/** Tests the world; each has a file of its own, since all of them take long. */
export function testTraining(world: RealWorldKind): void {
  const test = (claim: string, body: (t: Test) => Promise<void>) =>
    void t.test(`${world.name}: ${claim}`, body);

  /** Runs it there and simulated: the weights are the same, and so is all that is no matter of time. */
  const holdToTwin = async (t: Test, scenario: ResolvedScenario): Promise<void> => {
    const real = await playOn(world, scenario);
    const model = simulated(scenario);
    t.equal(real.result.outcome, 'finished', real.result.failure?.message ?? 'it ends well');
    t.match(weightsSha256(model.training.finalWeights), /^[0-9a-f]{64}$/);
    t.same(real.training.finalWeights, model.training.finalWeights);
    const learned = ({ training }: Ended) =>
      training.iterations.map(({ timeNs: _, ...row }) => row);
    t.same(learned(real), learned(model), 'losses and accuracies too');
    t.equal(real.result.digest, '', 'a real run has no digest');
    t.equal(real.result.bytes, model.result.bytes);
    t.equal(real.result.messages, model.result.messages);
    for (const [node, account] of [...eachAccount(real.result.nodes)].entries()) {
      const { busyNs, redoNs, commNs, idleNs, downNs } = account;
      const times = [busyNs, redoNs, commNs, idleNs, downNs];
      t.ok(times.every((time) => Number.isInteger(time) && time >= 0));
      t.equal(
        times.reduce((sum, time) => sum + time),
        real.result.timeNs,
      );
      const twin = accountOf(model.result.nodes, node);
      t.equal(account.jobs, twin.jobs);
      t.equal(account.flops, twin.flops);
      t.equal(account.messagesReceived, twin.messagesReceived);
      t.equal(account.bytesSent, twin.bytesSent);
    }
  };

  test('any work of ring-tmp, ps-bsp and all-reduce ends as in the simulated world', async (t) => {
    await fc.assert(
      fc.asyncProperty(work, async (tiny) =>
        holdToTwin(t, await tinyScenario({ ...tiny, evaluateEvery: 2 })),
      ),
      { numRuns: 12 },
    );
  });

  for (const [kind, nodes, precision] of FIXED)
    test(`${kind} on ${nodes} ${world.name}, ${precision} bits: same weights, same books of work`, async (t) =>
      holdToTwin(t, await tinyScenario({ kind, nodes, precision, evaluateEvery: 2 })));

  // Whatever is added to the list of protocols is held to this too.
  for (const { kind, options, timing } of PROTOCOLS) {
    const parsed = options.safeParse({ kind });
    if (!parsed.success || TRIED.includes(kind)) continue;
    test(`${kind} with all its defaults, on 3 ${world.name}`, async (t) => {
      const scenario = await tinyScenario({ kind, nodes: 3 });
      if (timing(parsed.data as { kind: string }) === 'independent') return holdToTwin(t, scenario);
      const { result, training } = await playOn(world, scenario);
      t.equal(result.outcome, 'finished', result.failure?.message ?? 'it ends well');
      t.equal(training.iterations.length, 5);
    });
  }

  const pipelines: [string, number, Record<string, unknown>][] = [
    ['gpipe', 3, {}],
    ['1f1b', 3, {}],
    ['interleaved-1f1b', 3, { chunks: 2 }],
    ['zb1p', 3, { chunks: 2 }],
    ['dualpipe-v', 3, { overlap: 0.5 }],
    ['1f1b', 4, { dataParallel: 2 }],
    [
      'pipeline',
      2,
      { schedule: { rows: ['0F1,0F0,0B1,0F2,0B0,0B2', '1F1,1I1,1F0,1F2,1W1,1B0,1B2'] } },
    ],
  ];
  for (const [kind, nodes, options] of pipelines)
    test(`${kind} on ${nodes} ${world.name}, ${JSON.stringify(options)}: same weights`, async (t) => {
      const microBatches = 'dataParallel' in options ? 4 : 3;
      const scenario = await tinyScenario({ kind, nodes, microBatches, options });
      const real = await playOn(world, scenario);
      t.equal(real.result.outcome, 'finished');
      t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
    });

  test('what is computed again is measured as redo, and changes no bit', async (t) => {
    const plain = await tinyScenario({ kind: 'ring-tmp', nodes: 3 });
    const options = { recompute: 'except-last' };
    const again = await tinyScenario({ kind: 'ring-tmp', nodes: 3, options });
    const [once, twice] = [await playOn(world, plain), await playOn(world, again)];
    t.same(twice.training.finalWeights, once.training.finalWeights);
    for (const { redoNs } of eachAccount(once.result.nodes)) t.equal(redoNs, 0);
    for (const { redoNs } of eachAccount(twice.result.nodes)) t.ok(redoNs > 0, `${redoNs} ns`);
  });

  test('a protocol whose result depends on timing runs to its end too', async (t) => {
    const scenario = await tinyScenario({ kind: 'ps-asp', nodes: 3, iterations: 4 });
    const { result, training } = await playOn(world, scenario);
    t.equal(result.outcome, 'finished');
    t.equal(training.iterations.length, 4);
  });

  test('a node over its memory limit ends the run with its ledger (ARCHITECTURE 2)', async (t) => {
    const scenario = await tinyScenario({ kind: 'ps-bsp', nodes: 3 });
    scenario.cluster.host!.memory = 500;
    const { result } = await playOn(world, scenario);
    t.equal(result.outcome, 'failed');
    t.match(result.failure, { kind: 'out-of-memory', limitBytes: 500 });
  });

  test('quitting ends the run at once, keeps what was done and leaves nothing', async (t) => {
    const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3, iterations: 1_000_000 });
    const run = new RealWorld(world, scenario, dataOf(scenario));
    const done = run.start();
    while (run.view().iteration < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    run.quit();
    const { runs, wasInterrupted } = await done;
    t.equal(wasInterrupted, true);
    t.equal(runs[0].result.outcome, 'interrupted');
    t.ok(runs[0].training.iterations.length >= 20);
    t.equal(run.view().status, 'interrupted');
    const ports = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort');
    const alive = Object.values(cluster.workers ?? {}).filter((worker) => !worker!.isDead());
    t.same([ports, alive], [[], []]);
  });

  test('quitting before all nodes are up ends the run too', async (t) => {
    const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3 });
    const run = new RealWorld(world, scenario, dataOf(scenario));
    const done = run.start();
    run.quit();
    const { runs, crash } = await done;
    t.same([runs, crash], [[], null]);
  });
}
