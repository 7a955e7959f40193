/** Parameter servers in the real worlds: the same bits where timing does not matter, else to their end. */
import t from 'tap';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { RealWorld } from '../../../sim/worlds/real/real-world.ts';
import { REAL_WORLDS } from '../../../sim/worlds/real-worlds.ts';
import { tinyScenario } from './tiny.ts';

const CASES: readonly {
  readonly nodes: number;
  readonly options: Record<string, unknown>;
  /** Whether the weights are those of the simulated run. */
  readonly isSame: boolean;
}[] = [
  { nodes: 4, options: { consistency: { ssp: 0 }, servers: 2 }, isSame: true },
  {
    nodes: 4,
    options: { consistency: { ssp: 0 }, overlap: { bucketBytes: 100 } },
    isSame: true,
  },
  { nodes: 7, options: { pull: 'tree', servers: 2 }, isSame: true },
  { nodes: 5, options: { servers: { hashed: 2 } }, isSame: true },
  { nodes: 5, options: { servers: 2, pushForm: 'activations' }, isSame: true },
  {
    nodes: 5,
    options: { servers: 2, mapReduce: { jobOverhead: 0.01, storageBandwidth: 1e6 } },
    isSame: true,
  },
  { nodes: 5, options: { servers: { sizes: [2, 1] } }, isSame: true },
  { nodes: 3, options: { servers: 3, place: 'beside' }, isSame: true },
  {
    nodes: 4,
    options: { servers: { hashed: 2 }, place: 'beside', pull: 'tree', replicas: 1 },
    isSame: true,
  },
  { nodes: 3, options: { servers: 2, place: 'beside', consistency: 'asp' }, isSame: false },
  { nodes: 4, options: { consistency: { ssp: 2 }, servers: 2 }, isSame: false },
  { nodes: 6, options: { backupWorkers: 1, servers: 2 }, isSame: false },
  {
    nodes: 5,
    options: { consistency: 'asp', servers: 2, downpour: { fetch: 4, push: 2, adagrad: true } },
    isSame: false,
  },
  // One worker: nobody's order of arrival matters.
  {
    nodes: 3,
    options: { consistency: 'asp', servers: 2, downpour: { fetch: 4, push: 2 } },
    isSame: true,
  },
];

for (const world of REAL_WORLDS)
  for (const { nodes, options, isSame } of CASES)
    t.test(`ps on ${nodes} ${world.name}, ${JSON.stringify(options)}`, async (t) => {
      const iterations = 4;
      const scenario = await tinyScenario({ kind: 'ps', nodes, iterations, options });
      const { runs, crash } = await new RealWorld(world, scenario, dataOf(scenario)).start();
      if (crash) throw crash;
      const [{ result, training }] = runs;
      t.equal(result.outcome, 'finished', result.failure?.message ?? 'it ends well');
      t.equal(training.iterations.length, iterations);
      t.equal(training.samples, iterations * scenario.training.batch);
      if (!isSame) return;
      const { simulation, log } = simulate(scenario, 0, dataOf(scenario));
      while (simulation.run(10_000));
      t.same(training.finalWeights, log.record().finalWeights);
    });
