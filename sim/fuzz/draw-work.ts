/**
 * Draws the part of a scenario that a run without faults needs: a small cluster, a small model, and a protocol with
 * its options. Small, so that a thousand of them take minutes, and so that a person can read what failed.
 */
import type { Distribution, Scenario } from '../../scenarios/scenario.ts';
import { Chance } from '../../models/claims/chance.ts';
import type { FuzzProfile } from '../../models/claims/fuzz-profile.ts';
import { profileOf } from './profiles.ts';

const MOST_NODES = 9;

/** A scenario as an author writes it, as plain data, so that it can be shrunk and saved. */
type DrawnScenario = Scenario & { protocol: { kind: string } & Record<string, unknown> };

function drawDistribution(chance: Chance): Distribution {
  return chance.one<Distribution>([
    { kind: 'uniform', low: 0.2, high: 3 },
    { kind: 'uniform', low: 0.9, high: 1.1 },
    { kind: 'exponential', mean: 1 },
    { kind: 'pareto', minimum: 0.5, shape: 1.5 },
  ]);
}

/** What messages cost a host: often nothing, or at one end only. */
function drawMessageCosts(chance: Chance) {
  const one = () => ({
    overhead: chance.one([1e-7, 1e-6, 1e-5]),
    ...(chance.often(0.5) ? { bandwidth: chance.one([1e9, 1e7]) } : {}),
  });
  if (!chance.often(0.25)) return {};
  return {
    ...(chance.often(0.8) ? { sending: one() } : {}),
    ...(chance.often(0.8) ? { receiving: one() } : {}),
  };
}

function drawCluster(
  chance: Chance,
  nodes: number,
  messageCosts: ReturnType<typeof drawMessageCosts>,
): Scenario['cluster'] {
  const taskOverhead = chance.one([1e-7, 1e-6, 1e-5]);
  const speed = chance.one([1e9, 1e8, 2e7]);
  const host = { speed, taskOverhead, ...messageCosts };
  const kind = chance.one(['ring', 'ring', 'star', 'star', 'torus'] as const);
  const jitter = chance.often(0.4)
    ? {
        ...(chance.often(0.7) ? { compute: drawDistribution(chance) } : {}),
        ...(chance.often(0.5) ? { latency: drawDistribution(chance) } : {}),
      }
    : undefined;
  return {
    nodes,
    ...(chance.often(0.3)
      ? {
          hosts: Array.from({ length: nodes }, () => ({
            count: 1,
            ...host,
            speed: speed / chance.one([1, 1, 3, 10]),
          })),
        }
      : { host }),
    network: {
      kind,
      bandwidth: chance.one([1e9, 1e8, 1e7, 1e6]),
      latency: chance.one([1e-6, 5e-6, 2e-5]),
      sharing: chance.one(['fair', 'fifo'] as const),
    },
    ...(jitter ? { jitter } : {}),
  };
}

/** Widths of an MLP with at least that many neurons. */
function drawLayers(chance: Chance, least: number): number[] {
  // Wide layers have far more weights than activations, so that replicas lag behind the work.
  const widest = chance.often(0.25) ? 14 : 6;
  const layers = Array.from({ length: chance.whole(2, 4) }, () => chance.whole(2, widest));
  let neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
  while (neurons < least) {
    const layer = chance.whole(1, layers.length - 1);
    layers[layer]++;
    neurons++;
  }
  return layers;
}

/** Sometimes a single node, where the protocol allows it. */
function drawNodes(chance: Chance, { alone }: FuzzProfile): number {
  if (chance.often(alone)) return 1;
  return chance.often(0.7) ? chance.whole(3, 6) : chance.whole(2, MOST_NODES);
}

/** The work of that seed, without any fault. */
export function drawWork(seed: number, protocols: readonly string[]): DrawnScenario {
  const chance = new Chance(seed, 'work');
  const kind = chance.one(protocols);
  const profile = profileOf(kind);
  const nodes = drawNodes(chance, profile);
  const microBatches = chance.one([1, 2, 3, 4, 6]);
  const layers = drawLayers(chance, nodes * (profile.chunks ?? 1));
  const samples = Math.ceil(nodes / microBatches) * chance.whole(1, 2);
  const work = {
    name: `fuzz-${seed}`,
    seed: chance.whole(0, 1_000_000),
    cluster: drawCluster(chance, nodes, drawMessageCosts(new Chance(seed, 'message costs'))),
    model: { kind: 'mlp', layers },
    data: { kind: 'synthetic', train: chance.whole(10, 40), test: 4 },
    training: {
      batch: microBatches * samples,
      microBatches,
      iterations: chance.whole(1, 6),
      learningRate: 0.1,
      optimizer: chance.one(['sgd', 'momentum', 'adam'] as const),
      precision: chance.one([32, 64] as const),
      evaluateEvery: chance.one([0, 0, 1, 2]),
    },
  } as const;
  const { optimizer } = work.training;
  const options = profile.drawOptions(chance, nodes, microBatches, optimizer);
  return { ...work, protocol: { kind, ...options } };
}
