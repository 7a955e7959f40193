/** What is computed again is ready when its gradient comes, and takes the memory that is left for it. */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { host, runProtocol } from '../protocols/ring-tmp/harness.ts';

const ELEMENTS = 4;
const CUT_BYTES = 4 * ELEMENTS;
const ACTIVATION_BYTES = 3 * CUT_BYTES;

const line = fc.record({
  ranks: fc.integer({ min: 1, max: 6 }),
  microBatches: fc.integer({ min: 1, max: 20 }),
  forward: fc.integer({ min: 200, max: 3000 }),
  backward: fc.integer({ min: 200, max: 3000 }),
  latencyNs: fc.integer({ min: 0, max: 5000 }),
  recompute: fc.constantFrom('none' as const, 'all' as const, 'except-last' as const),
});
type Line = typeof line extends fc.Arbitrary<infer L> ? L : never;

/** Equal stages; at 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each. */
function run({ ranks, microBatches, forward, backward, latencyNs, recompute }: Line) {
  const layer = { name: 'stage', parameters: 7, outputElements: ELEMENTS };
  const costs = { forwardFlops: forward, backwardFlops: backward };
  return runProtocol(
    {
      hosts: Array.from({ length: ranks }, () => host(1e9, Infinity, 0)),
      model: {
        kind: 'costs',
        layers: Array.from({ length: ranks }, () => ({ ...layer, ...costs })),
        inputElements: ELEMENTS,
      },
      training: { batch: microBatches, microBatches, iterations: 3 },
      network: { kind: 'ring', bandwidth: 1e9, latencyNs },
    },
    { kind: 'gpipe', recompute } as never,
  );
}

t.test('H: a second forward costs GPipe its time at one stage alone, to the ns', async (t) => {
  fc.assert(
    fc.property(line, (drawn) => {
      const { ranks, microBatches, forward, backward, latencyNs, recompute } = drawn;
      const again = { none: 0, all: microBatches, 'except-last': microBatches - 1 }[recompute];
      const hops = 2 * (ranks - 1) * (latencyNs + CUT_BYTES + MESSAGE_HEADER_BYTES);
      const slots = microBatches + ranks - 1;
      const expected = slots * (forward + backward) + again * forward + hops + 14;
      const { iterations } = run(drawn);
      return iterations
        .slice(1)
        .every(({ timeNs }, at) => timeNs - iterations[at].timeNs === expected);
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test(
  'A.6: inputs of all in flight, the activations of one, and of the last where kept',
  async (t) => {
    fc.assert(
      fc.property(line, (drawn) => {
        const { microBatches, recompute } = drawn;
        const whole = { none: microBatches, all: 1, 'except-last': Math.min(2, microBatches) };
        const inputs = { none: 0, all: microBatches, 'except-last': microBatches - 1 };
        const bytes = whole[recompute] * ACTIVATION_BYTES + inputs[recompute] * CUT_BYTES;
        return [...eachAccount(run(drawn).result.nodes)].every(
          ({ memoryItems }) => memoryItems.activations === bytes,
        );
      }),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test('the forward is repeated while the gradient is on its way', async (t) => {
  const drawn = { ranks: 2, microBatches: 3, forward: 1000, backward: 2000, latencyNs: 5000 };
  const { jobs } = run({ ...drawn, recompute: 'all' });
  const [again] = jobs.filter(({ node, pass }) => node === 0 && pass === 'recompute');
  const [gradient] = jobs.filter(({ node, pass }) => node === 0 && pass === 'backward');
  const [last] = jobs.filter(
    ({ node, pass, microBatch }) => node === 0 && pass === 'forward' && microBatch === 2,
  );
  t.equal(again.startNs, last.endNs, 'as soon as there is nothing else to do');
  t.ok(gradient.startNs > again.endNs, 'and then it waits for the gradient');
});
