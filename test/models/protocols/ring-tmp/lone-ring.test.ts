/** A ring of one node has nobody to ask for anything when it comes back: its checkpoint, or a sentence, is all there is. */
import fc from 'fast-check';
import t from 'tap';
import type { Scenario } from '../../../../scenarios/scenario.ts';
import { judge } from '../../../../sim/fuzz/judge.ts';

function loneRing(crashes: readonly number[], every: number | null): Scenario {
  return {
    name: 'lone-ring',
    cluster: {
      nodes: 1,
      host: { speed: 2e9, taskOverhead: 1e-5 },
      network: { kind: 'ring', bandwidth: 1.25e9, latency: 5e-6 },
    },
    model: { kind: 'mlp', layers: [6, 5, 4] },
    data: { kind: 'synthetic', train: 32, test: 8 },
    training: { batch: 8, microBatches: 2, iterations: 8 },
    protocol: { kind: 'ring-tmp' },
    faults: crashes.map((at) => ({ at, kind: 'crash', node: 0, for: 1e-4 })),
    ...(every === null ? {} : { checkpoint: { every, to: { bandwidth: 1e9, latency: 1e-6 } } }),
  };
}

/** Moments of a run of half a millisecond. */
const moments = fc.array(
  fc.nat(100).map((steps) => steps * 5e-6),
  { minLength: 1, maxLength: 3 },
);

t.test('C: with checkpoints it ends like a run without faults, whenever it crashes', async (t) => {
  await fc.assert(
    fc.asyncProperty(moments, fc.integer({ min: 1, max: 9 }), async (crashes, every) => {
      const { breaches, outcome } = await judge(loneRing(crashes, every));
      if (outcome !== 'finished' || breaches.length > 0)
        throw new Error(`${outcome}: ${breaches.map(({ sentence }) => sentence).join('; ')}`);
    }),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('C: without one it says that all is lost', async (t) => {
  const { breaches, outcome } = await judge(loneRing([1e-4], null));
  t.same(breaches, []);
  t.equal(outcome, 'failed');
});
