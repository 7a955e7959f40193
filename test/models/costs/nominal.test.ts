/** One node that does it all is the unit of speed-ups, and all hosts at work the unit of utilisation. */
import fc from 'fast-check';
import t from 'tap';
import { nominalRates } from '../../../models/costs/nominal.ts';
import { host, runProtocol, trainingOf } from '../protocols/ring-tmp/harness.ts';

const layer = { name: 'x', parameters: 50, outputElements: 3 };
const work = fc.record({
  flops: fc.array(fc.tuple(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 })), {
    minLength: 1,
    maxLength: 5,
  }),
  microBatches: fc.constantFrom(1, 2, 3, 4, 6, 12),
  overheadNs: fc.integer({ min: 0, max: 1000 }),
});

const modelOf = (flops: readonly (readonly [number, number])[]) => ({
  kind: 'costs' as const,
  layers: flops.map(([forwardFlops, backwardFlops]) => ({
    ...layer,
    forwardFlops,
    backwardFlops,
  })),
  inputElements: 1,
});

t.test('the rate of one node alone is that of a run on one node', async () => {
  fc.assert(
    fc.property(work, ({ flops, microBatches, overheadNs }) => {
      const hosts = [host(1e9, Infinity, overheadNs)];
      const training = trainingOf({ microBatches, iterations: 3 });
      const model = modelOf(flops);
      const { iterations } = runProtocol({ hosts, model, training }, { kind: 'gpipe' });
      const seconds = (iterations[2].timeNs - iterations[1].timeNs) / 1e9;
      const { samplesPerSecondAlone } = nominalRates(hosts, model, training);
      return Math.abs(samplesPerSecondAlone * seconds - training.batch) < 1e-6;
    }),
    { numRuns: 60 },
  );
});

t.test('of unequal hosts it is the mean rate, and the FLOP/s are their sum', async (t) => {
  const model = modelOf([[1e6, 2e6]]);
  const training = trainingOf({ microBatches: 1, batch: 1 });
  const rates = nominalRates([host(1e9, Infinity, 0), host(3e9, Infinity, 0)], model, training);
  t.equal(Math.round(rates.samplesPerSecondAlone), Math.round((1 / 3.0001e-3 + 3 / 3.0001e-3) / 2));
  t.equal(rates.flopsPerSample, 3e6);
  t.equal(rates.flopsPerSecond, 4e9);
});
