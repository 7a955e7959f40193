/** Checkpoint and restart of protocols without recovery of their own, shown with pipelines. */
import fc from 'fast-check';
import t from 'tap';
import { FaultLog } from '../../../models/observers/fault-log.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { dataOf, simulate, topologyOf } from '../../../sim/assemble.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { RealWorld } from '../../../sim/worlds/real/real-world.ts';
import { threads } from '../../../sim/worlds/threads/threads.ts';

const ITERATIONS = 8;
const BATCH = 12;
/** Iterations at most, where each is saved: those in flight at once, and one that is being saved. */
const MOST_REDONE = 5;
const KINDS = ['gpipe', '1f1b', 'zb1p', 'interleaved-1f1b', 'dualpipe-v', '2bw'] as const;
/** What is no kind by itself. */
const OTHERS: Record<string, { kind: string } & Record<string, unknown>> = {
  '2bw': { kind: 'ring-tmp', mode: '2bw' },
  stash: { kind: 'ring-tmp', mode: 'stash' },
  bounded: { kind: 'ring-tmp', mode: 'bounded', staleness: 2 },
  late: { kind: 'seq-sgd', delay: 1 },
};

interface Drawn {
  readonly kind: string;
  readonly nodes: number;
  readonly layers: number[];
  readonly seed: number;
  /** Null: no checkpoints. */
  readonly every: number | null;
  readonly storageBandwidth: number;
}

const USUAL: Drawn = {
  ...{ kind: 'gpipe', nodes: 4, layers: [6, 5, 4, 3], seed: 1, every: 2 },
  storageBandwidth: 1e9,
};

function scenarioOf(drawn: Drawn, faults: object[]): Scenario {
  const { kind, nodes, layers, seed, every, storageBandwidth } = drawn;
  const to = { bandwidth: storageBandwidth, latency: 1e-5 };
  return {
    ...{ name: 'restart', seed },
    cluster: {
      nodes,
      host: { speed: 2e7, taskOverhead: 1e-5 },
      network: { kind: 'star', bandwidth: 1.25e9, latency: 5e-6 },
    },
    model: { kind: 'mlp', layers },
    data: { kind: 'synthetic', train: 40, test: 4 },
    training: { batch: BATCH, microBatches: 3, iterations: ITERATIONS, optimizer: 'adam' },
    protocol: OTHERS[kind] ?? { kind },
    detector: { heartbeat: 1e-4, misses: 3 },
    faults: faults as Scenario['faults'],
    ...(every === null ? {} : { checkpoint: { every, to } }),
  };
}

async function train(drawn: Drawn, faults: object[] = []) {
  const { scenario } = await resolveScenario(scenarioOf(drawn, faults));
  const faultLog = new FaultLog({ topology: topologyOf(scenario), silenceNs: 3e5 });
  const { simulation, log } = simulate(scenario, 0, dataOf(scenario), { observers: [faultLog] });
  while (simulation.run(100_000));
  const { iterations, finalWeights } = log.record();
  return {
    result: simulation.result(),
    told: iterations.map(({ iteration, loss }) => `${iteration}: ${loss}`).join(),
    weights: finalWeights && weightsSha256(finalWeights),
    faults: faultLog.record(),
  };
}

/** A crash of those nodes at that nanosecond, from which they are back after so many. */
const crash = (nodes: readonly number[], atNs: number, forNs: number) => ({
  ...{ kind: 'crash', at: atNs / 1e9, for: forNs / 1e9 },
  nodes: [...new Set(nodes)],
});

const anyWork = fc.record({
  kind: fc.constantFrom(...KINDS),
  nodes: fc.integer({ min: 1, max: 6 }),
  layers: fc.array(fc.integer({ min: 6, max: 8 }), { minLength: 3, maxLength: 5 }),
  seed: fc.nat(1e6),
  every: fc.option(fc.integer({ min: 1, max: 4 })),
  storageBandwidth: fc.constantFrom(1e9, 1e6, 1e5),
});

/** Fails unless the run ends with the weights, the losses and the busy time of the run without faults. */
async function holds(drawn: Drawn, faults: object[]): Promise<boolean> {
  const oracle = drawn.kind === '2bw' ? 'late' : 'seq-sgd';
  const sequential = await train({ ...drawn, kind: oracle, every: null });
  const faultless = await train(drawn);
  const struck = await train(drawn, faults);
  const busy = ({ result }: typeof struck) => result.nodes.busyNs.join();
  return (
    struck.result.outcome === 'finished' &&
    struck.weights === sequential.weights &&
    struck.told === faultless.told &&
    busy(struck) === busy(faultless)
  );
}

t.test('after a crash of any node at any nanosecond the weights are those of seq-sgd', async () => {
  const moment = fc.record({
    of: fc.nat(1_050_000).map((millionths) => millionths / 1e6),
    node: fc.nat(),
    forNs: fc.integer({ min: 1, max: 2_000_000 }),
  });
  await fc.assert(
    fc.asyncProperty(anyWork, moment, async (drawn, { of, node, forNs }) => {
      const { timeNs } = (await train(drawn)).result;
      return holds(drawn, [crash([node % drawn.nodes], Math.floor(of * timeNs), forNs)]);
    }),
    { numRuns: 60 },
  );
});

t.test('so are they after crashes of several or all, and of who restarts already', async () => {
  const crashes = fc.array(
    fc.record({
      nodes: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      afterNs: fc.oneof(fc.nat(100_000), fc.nat(4_000_000)),
      forNs: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 500_000 })),
    }),
    { minLength: 2, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(anyWork, crashes, async (drawn, several) => {
      let atNs = 0;
      const faults = several.map(({ nodes, afterNs, forNs }) =>
        crash(
          nodes.map((node) => node % drawn.nodes),
          (atNs += afterNs),
          forNs,
        ),
      );
      return holds(drawn, faults);
    }),
    { numRuns: 60 },
  );
});

t.test(
  'modes whose weights depend on timing end too, and do no more again than since a checkpoint',
  async (t) => {
    let redone = 0;
    const drawn = fc.record({
      work: anyWork,
      kind: fc.constantFrom('stash', 'bounded'),
      of: fc.nat(1000).map((thousandths) => thousandths / 1000),
      node: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(drawn, async ({ work, kind, of, node }) => {
        const each = { ...work, kind, storageBandwidth: 1e9, every: 1 };
        const { timeNs } = (await train(each)).result;
        const struck = crash([node % work.nodes], Math.floor(of * timeNs), 300_000);
        const { result, faults, told } = await train(each, [struck]);
        redone += Number(faults.redoneSamples! > 0);
        const restarts = Math.max(1, faults.restarts);
        return (
          result.outcome === 'finished' &&
          new Set(told.split(',').map((text) => text.split(':')[0])).size === ITERATIONS &&
          faults.redoneSamples! <= restarts * MOST_REDONE * BATCH
        );
      }),
      { numRuns: 60 },
    );
    t.ok(redone > 10, `something was done again in ${redone} runs`);
  },
);

t.test('it goes back to the newest checkpoint, and counts what is done again', async (t) => {
  const atNs = Math.floor(0.8 * (await train(USUAL)).result.timeNs);
  const { faults, result } = await train(USUAL, [crash([2], atNs, 300_000)]);
  const from = Number(/from version (\d+), the checkpoint/.exec(faults.events.at(-1)!.text)?.[1]);
  t.ok(from >= 2 && from % 2 === 0, `version ${from}`);
  t.equal(faults.restarts, 1);
  t.equal(faults.checkpoints, 3, 'after 2, 4 and 6 steps, each once');
  t.ok(faults.redoneSamples! > 0 && faults.redoneSamples! <= 3 * BATCH, `${faults.redoneSamples}`);
  t.ok(result.nodes.redoNs.every((ns) => ns > 0));
});

t.test(
  'training waits for storage that takes longer than the work, and loses little',
  async (t) => {
    const slow = { ...USUAL, every: 1, storageBandwidth: 2e5 };
    const delayed = await train(slow, [{ kind: 'slow', node: 0, at: 0, factor: 1, for: 1e-9 }]);
    const { timeNs } = delayed.result;
    t.ok(timeNs > 2 * (await train(USUAL)).result.timeNs, `${timeNs} ns`);
    const { faults, result } = await train(slow, [crash([1], Math.floor(0.8 * timeNs), 300_000)]);
    t.equal(result.outcome, 'finished');
    t.ok(
      faults.redoneSamples! > 0 && faults.redoneSamples! <= 3 * BATCH,
      `${faults.redoneSamples}`,
    );
  },
);

t.test('the run ends with the reason where a host never returns', async (t) => {
  for (const node of [0, 3]) {
    const at = 1e-3;
    const { faults, result } = await train(USUAL, [{ kind: 'crash', at, node }]);
    t.equal(result.outcome, 'failed');
    t.match(result.failure?.message, new RegExp(`^nobody goes on after .*: node ${node} is down`));
    t.ok(
      faults.events.some(({ text }) => text.includes(`halts: training needs node ${node}`)),
      `${node}`,
    );
  }
});

t.test('it restarts on threads too, with the same bits', async (t) => {
  const work = { ...USUAL, nodes: 3 };
  const written = scenarioOf(work, [crash([1], 5e6, 5e6)]);
  const detector = { heartbeat: '10 ms', misses: 3 };
  const { scenario } = await resolveScenario({ ...written, detector });
  const training = { ...scenario.training, iterations: 2000 };
  const long = { ...scenario, training };
  const { runs } = await new RealWorld(threads, long, dataOf(long)).start();
  t.match(runs[0].result, { outcome: 'finished', failure: null });
  const { simulation, log } = simulate({ ...long, faults: [] }, 0, dataOf(long));
  while (simulation.run(100_000));
  const [real, right] = [runs[0].training, log.record()].map((one) => one.finalWeights!);
  t.equal(weightsSha256(real), weightsSha256(right));
});
