/** The simulated world on its thread: watching, holding and ending a run changes nothing of what it computes. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { DataSplit } from '../../../models/spec/data.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import { closeSpool, openSpool } from '../../../sim/output/trace-spool.ts';
import { SimulatedWorld } from '../../../sim/worlds/simulated.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';

async function scenarioOf(iterations: number) {
  const tiny = tinyScenario();
  const { scenario } = await resolveScenario({
    ...tiny,
    training: { ...tiny.training, iterations, evaluateEvery: 0 },
    protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-asp' }],
  });
  return { scenario, data: dataOf(scenario) };
}

/** Whether the thread that simulates stands still; woken while it is to be held, it stands still again. */
function isHeld(world: SimulatedWorld): boolean {
  return Atomics.notify(world['shared'].control, 0) > 0;
}

/** Runs a world that is looked at all the time and held once; null where it was over before it could be held. */
async function watchedAndHeld(t: Test, scenario: ResolvedScenario, data: DataSplit | null) {
  const beganMs = performance.now();
  const file = openSpool();
  t.teardown(() => closeSpool(file));
  const world = new SimulatedWorld(scenario, data, { trace: { file, limit: 1000 } });
  let over = false;
  const done = world.start().finally(() => (over = true));
  while (!over && world.view().events === 0) await sleep(2);
  const startMs = performance.now() - beganMs;
  world.pause();
  while (!over && !isHeld(world)) await sleep(2);
  if (over) return null;
  const heldMs = performance.now();
  // What the thread said before it stood still is heard.
  await sleep(2);
  const before = world.view();
  // Longer than the thread took to start: a result that counted it is found out below.
  await sleep(startMs + 100);
  const after = world.view();
  t.equal(after.events, before.events, 'nothing happens while it is held');
  t.equal(after.wallSeconds, before.wallSeconds, 'and that time does not count');
  t.equal(after.eventsPerSecond, before.eventsPerSecond);
  t.equal(before.status, 'paused');
  const goesOnMs = performance.now();
  world.resume();
  while (!over) {
    world.view();
    await sleep(2);
  }
  const outcome = await done;
  const movingMs = performance.now() - beganMs - (goesOnMs - heldMs);
  return { world, outcome, movingSeconds: movingMs / 1000 };
}

t.test('a run that is watched and held comes to the digest of one that is not', async (t) => {
  const { scenario, data } = await scenarioOf(1500);
  let ended = await watchedAndHeld(t, scenario, data);
  for (let again = 1; ended === null && again < 10; again++)
    ended = await watchedAndHeld(t, scenario, data);
  if (ended === null) return void t.fail('each of ten runs was over before it was held');
  const { world, outcome, movingSeconds } = ended;
  const { runs, crash, wasInterrupted } = outcome;
  t.equal(crash, null);
  t.equal(wasInterrupted, false);
  const wallSeconds = runs.reduce((sum, run) => sum + run.wallSeconds, 0);
  t.ok(wallSeconds <= movingSeconds, 'nor does it in the result');
  for (const { index, result } of runs) {
    const { simulation } = simulate(scenario, index, data);
    while (simulation.run(1e9));
    const alone = simulation.result();
    t.equal(result.digest, alone.digest);
    t.strictSame(result.nodes, alone.nodes, 'the same books');
  }
  const last = world.view();
  t.match(last, { status: 'done', current: 1, iteration: 1500, protocols: ['ring-tmp', 'ps-asp'] });
  t.equal(last.losses.length, 1500, 'every loss was told once');
  t.strictSame(last.shares.map(({ role }) => role).sort(), ['server', 'worker']);
});

t.test('quitting ends a held run too, and gives what was done', async (t) => {
  const { scenario, data } = await scenarioOf(10_000_000);
  const world = new SimulatedWorld(scenario, data);
  const done = world.start();
  while (world.view().iteration === 0) await sleep(5);
  world.pause();
  world.quit();
  world.quit();
  const { runs, wasInterrupted } = await done;
  t.equal(wasInterrupted, true);
  t.equal(runs.length, 1);
  t.equal(runs[0].result.outcome, 'interrupted');
  t.ok(runs[0].training.iterations.length > 0);
  t.equal(world.view().status, 'interrupted');
});

t.test(
  'a program error inside a run is told, not thrown, and comes with what ended before',
  async (t) => {
    const { scenario, data } = await scenarioOf(2);
    const [ring] = scenario.protocol;
    const broken = { ...scenario, protocol: [ring, { kind: 'no such protocol', label: 'broken' }] };
    const world = new SimulatedWorld(broken, data);
    const { runs, crash } = await world.start();
    t.match(crash?.message, /no such protocol/);
    t.equal(runs.length, 1);
    t.equal(world.view().status, 'failed');
  },
);
