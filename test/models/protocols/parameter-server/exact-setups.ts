/** Random parameter servers that really train, for the tests of both kinds. */
import fc from 'fast-check';
import {
  EXACT_HOST,
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  anyJitter,
  anyOptimizer,
  type Setup,
} from './harness.ts';

/** Settings that really train: shares that differ by a sample, any optimizer, jitter, and one slow node. */
export const exactSetups = (kind: string): fc.Arbitrary<Setup> =>
  fc
    .record({
      workers: fc.integer({ min: 1, max: 9 }),
      extraSamples: fc.integer({ min: 0, max: 12 }),
      iterations: fc.integer({ min: 1, max: 5 }),
      optimizer: anyOptimizer,
      precision: fc.constantFrom<(32 | 64)[]>(32, 64),
      topology: fc.constantFrom<('star' | 'ring')[]>('star', 'ring'),
      jitter: anyJitter,
      seed: fc.nat(1000),
      slowNode: fc.nat(9),
    })
    .map((drawn): Setup => ({
      kind,
      nodes: drawn.workers + 1,
      model: SMALL_MLP,
      data: SMALL_DATA,
      seed: drawn.seed,
      topology: drawn.topology,
      jitter: drawn.jitter,
      otherHosts: { [drawn.slowNode]: { ...EXACT_HOST, speedFlopsPerSecond: 1e7 } },
      training: {
        ...TRAINING,
        batch: drawn.workers + drawn.extraSamples,
        iterations: drawn.iterations,
        optimizer: drawn.optimizer,
        precision: drawn.precision,
        evaluateEvery: 1,
      },
    }));
