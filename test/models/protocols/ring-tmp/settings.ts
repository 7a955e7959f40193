/** Arbitrary clusters, models and work for properties of the ring. */
import fc from 'fast-check';
import type { Distribution } from '../../../../engine/distribution.ts';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import type { OptimizerSpec } from '../../../../models/spec/training.ts';
import { host, SPEED, trainingOf, type Setting } from './harness.ts';

const factor: fc.Arbitrary<Distribution | undefined> = fc.constantFrom(
  undefined,
  { kind: 'uniform', low: 0.2, high: 3 },
  { kind: 'exponential', mean: 1 },
  { kind: 'pareto', minimum: 0.5, shape: 1.5 },
);

const optimizer: fc.Arbitrary<OptimizerSpec> = fc.constantFrom(
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
);

/** The options of RingTMP, any of them. */
export const ringOptions = fc.record({
  kind: fc.constant('ring-tmp'),
  window: fc.constantFrom('time', 'memory', 1, 3),
  credits: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  recompute: fc.constantFrom('none' as const, 'all' as const, 'except-last' as const),
});

const layers = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 });

/** Any ring from one node to one neuron a node: unequal hosts, jitter, ring or star. */
export function anySetting(numerics: 'exact' | 'cost'): fc.Arbitrary<Setting> {
  return layers.chain((layers) => {
    const neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
    const speed = fc.constantFrom(SPEED, SPEED / 3, SPEED / 10);
    const count = fc.oneof(fc.integer({ min: 1, max: neurons }), fc.constant(neurons));
    return count.chain((nodes) =>
      fc
        .record({
          seed: fc.integer({ min: 0, max: 1e9 }),
          speeds: fc.array(speed, { minLength: nodes, maxLength: nodes }),
          microBatches: fc.constantFrom(1, 2, 3, 4, 6, 12),
          iterations: fc.integer({ min: 1, max: 3 }),
          optimizer,
          precision: fc.constantFrom(32 as const, 64 as const),
          kind: fc.constantFrom('ring' as const, 'star' as const),
          latencyNs: fc.constantFrom(0, 10, 1000, 20000),
          bandwidth: fc.constantFrom(1e9, 1e7),
          sharing: fc.constantFrom('fifo' as const, 'fair' as const),
          jitter: fc.record({ compute: factor, latency: factor }),
        })
        .map(({ seed, speeds, kind, latencyNs, bandwidth, sharing, jitter, ...training }) => ({
          seed,
          hosts: speeds.map((each) => host(each)),
          model: { kind: 'mlp' as const, layers, activation: 'relu' as const },
          training: trainingOf({ ...training, numerics }),
          data: syntheticData(seed, 30, 3, layers[0], layers[layers.length - 1]),
          sharing,
          network: { kind, latencyNs, bandwidth },
          jitter,
        })),
    );
  });
}
