/** A small scenario for any protocol, in the form that runs. */
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';

export interface Tiny {
  kind: string;
  nodes: number;
  seed?: number;
  precision?: 32 | 64;
  optimizer?: 'sgd' | 'momentum' | 'adam';
  iterations?: number;
  microBatches?: number;
  evaluateEvery?: number;
  options?: Record<string, unknown>;
}

/** 6-7-5-3 on 40 synthetic samples: 13 neurons, so up to 15 nodes. */
export async function tinyScenario(tiny: Tiny): Promise<ResolvedScenario> {
  const { scenario } = await resolveScenario({
    name: 'tiny',
    seed: tiny.seed ?? 1,
    cluster: {
      nodes: tiny.nodes,
      host: { speed: '1 GFLOP/s' },
      network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
      jitter: { compute: { kind: 'uniform', low: 0.5, high: 2 } },
    },
    model: { kind: 'mlp', layers: [6, 7, 5, 3] },
    data: { kind: 'synthetic', train: 40, test: 10 },
    training: {
      batch: 12,
      microBatches: tiny.microBatches ?? 3,
      iterations: tiny.iterations ?? 5,
      learningRate: 0.05,
      optimizer: tiny.optimizer ?? 'sgd',
      precision: tiny.precision ?? 32,
      evaluateEvery: tiny.evaluateEvery ?? 0,
    },
    protocol: { kind: tiny.kind, ...tiny.options },
  });
  return scenario;
}
