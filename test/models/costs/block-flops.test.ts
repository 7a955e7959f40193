/** What passes cost by samples: a sample at a time, or as whole batches were measured. */
import fc from 'fast-check';
import t from 'tap';
import { blockFlops, gradientFlops } from '../../../models/costs/block-flops.ts';
import { costLine } from '../../../models/costs/cost-line.ts';
import { segmentCosts } from '../../../models/costs/segment-costs.ts';
import { wholeModelCosts } from '../../../models/costs/whole-model-costs.ts';
import type { BatchFlops, CostLayer } from '../../../models/spec/model.ts';
import type { TrainingSpec } from '../../../models/spec/training.ts';

const SIZE = { name: 'a', parameters: 7, outputElements: 3 };
const count = fc.integer({ min: 0, max: 1000 });
const row = fc.record({
  samples: fc.integer({ min: 1, max: 64 }),
  forward: count,
  inputGradient: count,
  weightGradient: count,
});
const table = fc
  .uniqueArray(row, { selector: ({ samples }) => samples, minLength: 1, maxLength: 5 })
  .map((rows) => rows.sort((one, other) => one.samples - other.samples));
const PASSES = ['forward', 'inputGradient', 'weightGradient'] as const;

function measuredLayer(measured: readonly BatchFlops[]): CostLayer {
  return { ...SIZE, forwardFlops: 0, backwardFlops: 0, measured };
}

function blockOf(layer: CostLayer) {
  return costLine({ kind: 'costs', inputElements: 1, layers: [layer] }).blocks[0];
}

t.test(
  'a measured batch costs what was measured, and one between two lies on the line',
  async (t) => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 80 }), (rows, samples) => {
        const block = blockOf(measuredLayer(rows));
        const flops = blockFlops(block, samples);
        return PASSES.every((pass) => {
          const right = rows.find((one) => one.samples === samples)?.[pass];
          if (right !== undefined) return flops[pass] === right;
          const below = rows.findLast((one) => one.samples < samples);
          const above = rows.find((one) => one.samples > samples);
          const only = below ?? above!;
          const slope =
            below && above && (above[pass] - below[pass]) / (above.samples - below.samples);
          const expected =
            slope === undefined
              ? (only[pass] * samples) / only.samples
              : below![pass] + slope * (samples - below!.samples);
          return Math.abs(flops[pass] - expected) <= 1e-9 * (1 + expected);
        });
      }),
    );
    t.pass();
  },
);

t.test('the two halves of a backward pass add up to it, on a node and on all', async (t) => {
  const layer = fc.oneof(
    table.map(measuredLayer),
    fc
      .tuple(count, count, count)
      .map(([forwardFlops, inputGradient, weightGradientFlops]): CostLayer => ({
        ...SIZE,
        forwardFlops,
        backwardFlops: inputGradient + weightGradientFlops,
        weightGradientFlops,
      })),
  );
  fc.assert(
    fc.property(
      fc.array(layer, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 80 }),
      fc.nat(),
      (layers, samples, cut) => {
        const line = costLine({ kind: 'costs', inputElements: 1, layers });
        const training: TrainingSpec = {
          ...{ batch: samples, microBatches: 1, iterations: 1, learningRate: 1 },
          ...{ optimizer: { kind: 'sgd' }, numerics: 'cost', precision: 32, evaluateEvery: 0 },
        };
        const host = { speedFlopsPerSecond: 1e9, memoryBytes: 1, taskOverheadNs: 0 };
        const record = { ...host, latencyNs: 0, bandwidthBytesPerSecond: 1 };
        const bound = cut % (layers.length + 1);
        const parts = [
          [0, bound],
          [bound, layers.length],
        ].map(
          ([low, high]) =>
            segmentCosts({ line, training, recompute: false }, record, low, high).flops,
        );
        const isClose = (one: number, other: number) => Math.abs(one - other) <= 1e-9 * (1 + other);
        const sum = (of: (typeof parts)[number]) => of.forward + of.backward;
        return (
          parts.every((flops) =>
            isClose(flops['input-gradient'] + flops['weight-gradient'], flops.backward),
          ) &&
          isClose(sum(parts[0]) + sum(parts[1]), gradientFlops(line.blocks, samples)) &&
          wholeModelCosts(line, training).gradient(samples).flops ===
            gradientFlops(line.blocks, samples)
        );
      },
    ),
  );
  t.pass();
});

t.test('a backward pass given as one has equal halves', async (t) => {
  const block = blockOf({ ...SIZE, forwardFlops: 1, backwardFlops: 4 });
  t.same(blockFlops(block, 3), { forward: 3, inputGradient: 6, weightGradient: 6 });
});
