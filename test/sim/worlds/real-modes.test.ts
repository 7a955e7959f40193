/** The modes of a ring without a flush, and its variants, in the real worlds (PROTOCOLS A.7, B). */
import t, { type Test } from 'tap';
import type { RealWorldKind } from '../../../sim/worlds/real/real-world.ts';
import { TESTED_WORLDS } from './crews.ts';
import { playOn, simulated } from './played.ts';
import { tinyScenario } from './tiny.ts';

function testOn(world: RealWorldKind): void {
  const test = (claim: string, body: (t: Test) => Promise<void>) =>
    void t.test(`${world.name}: ${claim}`, body);

  test('ring-tmp in mode 2bw: same weights', async (t) => {
    const options = { mode: '2bw' };
    const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3, microBatches: 4, options });
    const real = await playOn(world, scenario);
    const model = simulated(scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, model.training.finalWeights);
    t.same(real.training.staleness, model.training.staleness);
  });

  test('ring-tmp in variant laps: same weights', async (t) => {
    const options = { variant: 'laps', laps: 3 };
    const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3, options });
    const real = await playOn(world, scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
  });

  test('ring-tmp in variant relay: same weights, and the same after a crash', async (t) => {
    const tiny = { kind: 'ring-tmp', nodes: 5, microBatches: 4, options: { variant: 'relay' } };
    const scenario = await tinyScenario(tiny);
    const real = await playOn(world, scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
    const long = await tinyScenario({ ...tiny, iterations: 200 });
    const faults = [{ kind: 'crash', at: 0.05, node: 2, for: 0.1 } as const];
    const struck = await playOn(world, { ...long, faults });
    t.equal(struck.result.outcome, 'finished', struck.result.failure?.message ?? 'it ends well');
    t.same(struck.training.finalWeights, simulated(long).training.finalWeights);
  });

  test('ring-tmp in variant rotation: same weights, and the same after a crash', async (t) => {
    const tiny = { kind: 'ring-tmp', nodes: 3, microBatches: 6, options: { variant: 'rotation' } };
    const scenario = await tinyScenario(tiny);
    const real = await playOn(world, scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
    const long = await tinyScenario({ ...tiny, iterations: 200 });
    const faults = [{ kind: 'crash', at: 0.05, node: 1, for: 0.1 } as const];
    const struck = await playOn(world, { ...long, faults });
    t.equal(struck.result.outcome, 'finished', struck.result.failure?.message ?? 'it ends well');
    t.same(struck.training.finalWeights, simulated(long).training.finalWeights);
  });

  test('ring-tmp with cooling: same weights, for updates are left out alike', async (t) => {
    const options = { cooling: { threshold: 0.1, patience: 1 } };
    const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3, options });
    const real = await playOn(world, scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
    const warm = await tinyScenario({ kind: 'ring-tmp', nodes: 3 });
    t.notSame(real.training.finalWeights, simulated(warm).training.finalWeights);
  });

  test('ring-tmp with balancing: same weights where a host slows down, and blocks move', async (t) => {
    const options = { balance: { every: 5, threshold: 0.01 } };
    const tiny = { kind: 'ring-tmp', nodes: 3, microBatches: 4, iterations: 60, options };
    const scenario = await tinyScenario(tiny);
    const { finalWeights } = simulated(scenario).training;
    const calm = await playOn(world, scenario);
    t.equal(calm.result.outcome, 'finished', calm.result.failure?.message ?? 'it ends well');
    t.same(calm.training.finalWeights, finalWeights);
    const faults = [{ kind: 'slow', at: 0, node: 1, factor: 10 } as const];
    const slow = await playOn(world, { ...scenario, faults });
    t.equal(slow.result.outcome, 'finished', slow.result.failure?.message ?? 'it ends well');
    t.same(slow.training.finalWeights, finalWeights);
    t.ok(slow.training.moved.blocks > 0, `${slow.training.moved.blocks} blocks`);
  });

  test('ring-tmp in variant torus: same weights, and the same after a crash without replicas', async (t) => {
    const options = { variant: 'torus', rings: 2 };
    const tiny = { kind: 'ring-tmp', nodes: 6, microBatches: 4, options };
    const scenario = await tinyScenario(tiny);
    const real = await playOn(world, scenario);
    t.equal(real.result.outcome, 'finished');
    t.same(real.training.finalWeights, simulated(scenario).training.finalWeights);
    const long = await tinyScenario({ ...tiny, iterations: 200 });
    const faults = [{ kind: 'crash', at: 0.05, node: 4, for: 0.1 } as const];
    const struck = await playOn(world, { ...long, faults });
    t.equal(struck.result.outcome, 'finished', struck.result.failure?.message ?? 'it ends well');
    t.same(struck.training.finalWeights, simulated(long).training.finalWeights);
  });

  for (const [mode, oldest] of [
    ['stash', 11],
    ['bounded', 1],
  ] as const)
    test(`ring-tmp in mode ${mode}: every update is made, and none is of weights too old`, async (t) => {
      const options = { mode, window: 'memory' };
      const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 3, microBatches: 4, options });
      const { result, training } = await playOn(world, scenario);
      t.equal(result.outcome, 'finished');
      t.equal(training.iterations.length, 5);
      t.equal(training.staleness.count, 3 * 5 * 4, 'a gradient a node and micro-batch');
      t.ok(training.staleness.max <= oldest, `${training.staleness.max} updates`);
      t.ok(training.iterations.every(({ loss }) => Number.isFinite(loss)));
    });
}

for (const world of TESTED_WORLDS) testOn(world);
