/** What a protocol says before a run that it survives is what becomes of the run. */
import t from 'tap';
import { NOTES, type RecoveredNote } from '../../models/spec/notes.ts';
import type { CrashSetting, Survival } from '../../models/survival.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { dataOf, simulate } from '../../sim/assemble.ts';
import { chosen } from '../../sim/scenario/chosen.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';

/** Every kind of node logic, the fewest nodes that it runs on, and how many more it takes. */
const PROTOCOLS: readonly (readonly [
  options: Scenario['protocol'],
  fewest: number,
  step?: number,
])[] = [
  [{ kind: 'seq-sgd' }, 1],
  [{ kind: 'gpipe' }, 2],
  [{ kind: '1f1b' }, 2],
  [{ kind: 'zb1p' }, 2],
  [{ kind: 'ring-tmp' }, 2],
  [{ kind: 'ring-tmp', replicas: 1 }, 2],
  [{ kind: 'ring-tmp', replicas: 2 }, 3],
  [{ kind: 'ring-tmp', mode: '2bw' }, 2],
  [{ kind: 'ring-tmp', mode: 'stash' }, 2],
  [{ kind: 'ring-tmp', variant: 'relay' }, 4],
  [{ kind: 'ring-tmp', variant: 'laps' }, 2],
  [{ kind: 'ring-tmp', variant: 'torus', rings: 2 }, 2, 2],
  [{ kind: 'all-reduce' }, 1],
  [{ kind: 'local-sgd' }, 2],
  [{ kind: 'ps-bsp' }, 2],
  [{ kind: 'ps-bsp', servers: 2 }, 3],
  [{ kind: 'ps-bsp', replicas: 1 }, 3],
  [{ kind: 'ps-bsp', servers: 2, pull: 'tree', replicas: 1 }, 5],
  [{ kind: 'ps-bsp', place: 'beside' }, 1],
  [{ kind: 'ps-bsp', place: 'beside', servers: 2 }, 2],
  [{ kind: 'ps-bsp', place: 'beside', servers: 2, replicas: 1 }, 2],
  [{ kind: 'ps-asp' }, 2],
  [{ kind: 'ps-asp', replicas: 1 }, 3],
  [{ kind: 'ps-asp', place: 'beside', servers: 2, replicas: 1 }, 2],
  [{ kind: 'ps', consistency: { ssp: 1 } }, 2],
  [{ kind: 'ps', consistency: { ssp: 1 }, replicas: 1 }, 3],
  [{ kind: 'ps', backupWorkers: 1 }, 3],
];

const ITERATIONS = 24;

function scenarioOf(protocol: Scenario['protocol'], nodes: number): Scenario {
  return {
    name: 'crash',
    seed: 1,
    cluster: {
      nodes,
      host: { speed: '1 GFLOP/s' },
      network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '2 us' },
    },
    model: { kind: 'mlp', layers: [6, 7, 5, 3] },
    data: { kind: 'synthetic', train: 40, test: 4 },
    training: { batch: 12, microBatches: 2, iterations: ITERATIONS, learningRate: 0.05 },
    protocol,
  };
}

/** In parts of the run without faults. */
const MOMENTS = [0.35, 0.5, 0.65];

/** Plays a crash somewhere in the middle of the run. */
async function played(scenario: Scenario, setting: CrashSetting) {
  const { struck, returns, checkpoints } = setting;
  const plain = (await resolveScenario(scenario)).scenario;
  const calm = simulate(plain, 0, dataOf(plain), {}).simulation;
  while (calm.run(1e5));
  const middle = (calm.result().timeNs / 1e9) * MOMENTS[(struck as number) % MOMENTS.length];
  const fault = { kind: 'crash', at: middle, node: struck as number } as const;
  const { scenario: faulty, warnings } = await resolveScenario({
    ...scenario,
    faults: [returns ? { ...fault, for: middle / 5 } : fault],
    ...(checkpoints ? { checkpoint: { every: 2, to: { bandwidth: '10 GB/s', latency: 0 } } } : {}),
  });
  const origins: string[] = [];
  const { simulation } = simulate(faulty, 0, dataOf(faulty), {
    observers: [
      {
        noted: (_node, _timeNs, name, value) => {
          if (name === NOTES.recovered) origins.push((value as RecoveredNote).from);
        },
      },
    ],
  });
  while (simulation.run(1e5));
  const { outcome, failure } = simulation.result();
  const { definition, options } = chosen(faulty.protocol[0]);
  const said = definition.survives(options, setting).crash;
  return { said, became: fateOf(outcome, failure?.message ?? '', origins), warnings };
}

function fateOf(outcome: string, failure: string, origins: readonly string[]): Survival {
  if (outcome !== 'finished') return /no crash is survived here/.test(failure) ? 'ends' : 'fails';
  if (origins.includes('checkpoint')) return 'restarts';
  return origins.length > 0 ? 'repairs' : 'waits';
}

for (const [protocol, fewest, step = 1] of PROTOCOLS)
  t.test(
    `what is said of a crash under ${JSON.stringify(protocol)} is what becomes of it`,
    async (t) => {
      for (const more of [0, step, 2 * step])
        for (const returns of [true, false])
          for (const checkpoints of [true, false]) {
            const nodes = fewest + more;
            for (let struck = 0; struck < nodes; struck++) {
              const scenario = scenarioOf(protocol, nodes);
              const setting = { nodes, struck, returns, checkpoints };
              const { said, became, warnings } = await played(scenario, setting);
              const what = `${nodes} nodes, ${struck} ${returns ? 'back' : 'gone'}, ${checkpoints ? '' : 'no '}checkpoints`;
              t.equal(became, said, what);
              const isWarned = warnings.some((warning) => /would fail|ends the run/.test(warning));
              t.equal(isWarned, became === 'fails' || became === 'ends', `${what}: warned of`);
            }
          }
    },
  );
