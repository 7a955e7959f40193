/** Nodes that are ended and held in the middle of training, for real: the others go on to the weights of no fault. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import t from 'tap';
import type { RunResult } from '../../../engine/result.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import type { ResolvedFault } from '../../../sim/scenario/resolved.ts';
import { RealWorld, type RealWorldKind } from '../../../sim/worlds/real/real-world.ts';
import { TESTED_WORLDS } from './crews.ts';
import { tinyScenario } from './tiny.ts';

/** Enough to be at work when something strikes, however fast the machine. */
const ITERATIONS = 300;

async function playOn(
  world: RealWorldKind,
  kind: string,
  nodes: number,
  faults: ResolvedFault[],
  more: object = {},
) {
  const tiny = { kind, nodes, iterations: ITERATIONS };
  const replicated = await tinyScenario({ ...tiny, options: { replicas: 1 } });
  const scenario = { ...replicated, ...more, faults };
  const { runs, crash } = await new RealWorld(world, scenario, dataOf(scenario)).start();
  if (crash) throw crash;
  const [{ result, training, faults: record }] = runs;
  const plain = await tinyScenario({ ...tiny, nodes: kind === 'ps-bsp' ? nodes - 1 : nodes });
  const { simulation, log } = simulate(plain, 0, dataOf(plain));
  while (simulation.run(100_000));
  return {
    result,
    record,
    real: weightsSha256(training.finalWeights),
    faultless: weightsSha256(log.record().finalWeights),
    iterations: training.iterations.length,
  };
}

function sums({ nodes, timeNs }: RunResult): boolean {
  return [...eachAccount(nodes)].every(
    ({ downNs, busyNs, redoNs, commNs, idleNs }) =>
      downNs + busyNs + redoNs + commNs + idleNs === timeNs,
  );
}

const CASES: [string, number, ResolvedFault[]][] = [
  ['ring-tmp', 4, [{ kind: 'crash', at: 0.05, node: 2, for: 0.1 }]],
  ['ring-tmp', 3, [{ kind: 'crash', at: 0.05, node: 0 }]],
  ['ring-tmp', 3, [{ kind: 'pause', at: 0.05, node: 1, for: 0.4 }]],
  ['ps-bsp', 4, [{ kind: 'crash', at: 0.05, node: 1, for: 0.1 }]],
  ['ps-bsp', 4, [{ kind: 'crash', at: 0.05, node: 2, for: 0.1 }]],
];

function testOn(world: RealWorldKind): void {
  for (const [kind, nodes, faults] of CASES)
    t.test(
      `${kind} on ${nodes} ${world.name}, ${JSON.stringify(faults)}: the same bits`,
      async (t) => {
        const { result, record, real, faultless, iterations } = await playOn(
          world,
          kind,
          nodes,
          faults,
        );
        t.equal(result.outcome, 'finished', result.failure?.message ?? 'it ends well');
        t.equal(real, faultless);
        t.match(real, /^[0-9a-f]{64}$/);
        t.equal(iterations, ITERATIONS);
        t.equal(result.faults.length, 1);
        t.equal(record?.accounts.length, 1);
        t.equal(record?.lost.count, 0);
        t.ok(sums(result), 'exact books');
      },
    );

  t.test(
    `${world.name}: the only trainer gone, its run waits for the return, and for all iterations`,
    async (t) => {
      const plain = await tinyScenario({ kind: 'seq-sgd', nodes: 2, iterations: ITERATIONS });
      const faults: ResolvedFault[] = [{ kind: 'crash', at: 0, node: 0, for: 0.05 }];
      const { runs, crash } = await new RealWorld(
        world,
        { ...plain, faults },
        dataOf(plain),
      ).start();
      if (crash) throw crash;
      t.equal(runs[0].result.outcome, 'finished');
      t.equal(runs[0].training.iterations.length, ITERATIONS);
      t.equal(runs[0].faults?.restarts, 1);
    },
  );

  t.test(
    `${world.name}: both replicas gone, training goes on from a checkpoint in a file`,
    async (t) => {
      const faults: ResolvedFault[] = [{ kind: 'crash', at: 0.1, nodes: [1, 2], for: 0.05 }];
      const checkpoint = { every: 20, to: { bandwidth: 1e9, latency: 0 } };
      const { result, record, real, faultless } = await playOn(world, 'ring-tmp', 5, faults, {
        checkpoint,
      });
      t.equal(result.outcome, 'finished', result.failure?.message ?? 'it ends well');
      t.equal(real, faultless);
      t.ok((record?.checkpoints ?? 0) > 0, `${record?.checkpoints} checkpoints`);
    },
  );
}

for (const world of TESTED_WORLDS) testOn(world);
