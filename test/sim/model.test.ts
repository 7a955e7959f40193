/** Times of a cost table are what they take on the host they were measured on. */
import fc from 'fast-check';
import t from 'tap';
import { blockFlops, gradientFlops } from '../../models/costs/block-flops.ts';
import { costLine } from '../../models/costs/cost-line.ts';
import { mlpLine } from '../../models/costs/mlp-line.ts';
import type { MlpSpec } from '../../models/spec/model.ts';
import { modelOf } from '../../sim/model.ts';

t.test('a layer of times costs what the reference host does in them', async (t) => {
  const seconds = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      seconds,
      seconds,
      fc.double({ min: 1, max: 1e15, noNaN: true }),
      (forward, backward, speed) => {
        const layer = {
          name: 'a',
          parameters: 1,
          outputElements: 2,
          forwardSeconds: forward,
          backwardSeconds: backward,
        };
        const model = modelOf({
          kind: 'costs',
          inputElements: 1,
          referenceSpeed: speed,
          layers: [{ ...layer, repeat: 2 }],
        });
        if (model.kind === 'mlp') return false;
        return model.layers.every(
          (one, copy) =>
            one.name === `a ${copy + 1}` &&
            one.forwardFlops === forward * speed &&
            one.backwardFlops === backward * speed,
        );
      },
    ),
  );
  t.pass();
});

t.test('the blocks of an MLP share what its layers were measured to take', async (t) => {
  const mlp = { kind: 'mlp' as const, activation: 'relu' as const, layers: [5, 8, 3] };
  const times = [6, 2].map((forward) => [
    { samples: 4, forward, inputGradient: 1, weightGradient: 5 },
  ]);
  for (const nodes of [1, 2, 5]) {
    const { blocks } = mlpLine(modelOf({ ...mlp, times, referenceSpeed: 10 }) as MlpSpec, nodes);
    t.equal(Math.round(1e6 * gradientFlops(blocks, 4)), 200e6, 'all of it');
    const forwards = blocks.map((block) => [block, blockFlops(block, 4).forward] as const);
    for (const [{ layer, low, high }, forward] of forwards) {
      const share = (high - low) / mlp.layers[layer + 1];
      t.ok(Math.abs(forward - 10 * share * times[layer][0].forward) < 1e-9);
    }
  }
});

t.test(
  'the halves of a backward pass, and batches in any order, cost what the host does in them',
  async (t) => {
    const size = { name: 'a', parameters: 1, outputElements: 2, repeat: 1 };
    const flopsOf = (layer: object, samples: number) => {
      const layers = [{ ...size, ...layer }];
      const model = modelOf({ kind: 'costs', inputElements: 1, referenceSpeed: 10, layers });
      return model.kind === 'costs' && blockFlops(costLine(model).blocks[0], samples);
    };
    const halves = { forwardSeconds: 1, inputGradientSeconds: 2, weightGradientSeconds: 3 };
    t.same(flopsOf(halves, 2), { forward: 20, inputGradient: 40, weightGradient: 60 });
    const flops = { forwardFlops: 1, inputGradientFlops: 2, weightGradientFlops: 3 };
    t.same(flopsOf(flops, 2), { forward: 2, inputGradient: 4, weightGradient: 6 });
    const times = [
      { samples: 4, forward: 3, backward: 8 },
      { samples: 2, forward: 2, inputGradient: 1, weightGradient: 3 },
    ];
    t.same(flopsOf({ times }, 2), { forward: 20, inputGradient: 10, weightGradient: 30 });
    t.same(flopsOf({ times }, 3), { forward: 25, inputGradient: 25, weightGradient: 35 });
    t.same(flopsOf({ times }, 8), { forward: 60, inputGradient: 80, weightGradient: 80 });
  },
);
