import t from 'tap';
import fc from 'fast-check';
import { costLine } from '../../../models/costs/cost-line.ts';
import { BLOCKS_PER_NODE, mlpLine } from '../../../models/costs/mlp-line.ts';

const spec = fc
  .array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 })
  .map((layers) => ({ kind: 'mlp' as const, layers, activation: 'relu' as const }));

t.test('A.1: blocks tile every layer in canonical order, no larger than W / (g N)', async (t) => {
  fc.assert(
    fc.property(spec, fc.integer({ min: 1, max: 60 }), (spec, nodes) => {
      const line = mlpLine(spec, nodes);
      const total = line.blocks.reduce((sum, b) => sum + b.forwardFlops + b.backwardFlops, 0);
      let neuron = 0;
      let parameters = 0;
      line.blocks.forEach((block, k) => {
        const before = spec.layers.slice(1, block.layer + 1).reduce((sum, width) => sum + width, 0);
        const flops = block.forwardFlops + block.backwardFlops;
        const neurons = block.high - block.low;
        if (before + block.low !== neuron || neurons < 1) throw new Error('not in order');
        if (line.parameterOffsets[k] !== parameters) throw new Error('offset');
        if (neurons > 1 && flops > total / (BLOCKS_PER_NODE * nodes)) throw new Error('too large');
        if (block.keptElements !== 2 * neurons) throw new Error('kept elements');
        neuron += neurons;
        parameters += block.parameters;
      });
      const neurons = spec.layers.slice(1).reduce((sum, width) => sum + width, 0);
      return (
        neuron === neurons &&
        parameters === line.parameters &&
        line.blocks.length >= Math.min(nodes, neurons)
      );
    }),
  );
  t.pass();
});

t.test('section 0: FLOPs of a layer, without dX in the first', async (t) => {
  const line = mlpLine({ kind: 'mlp', layers: [7, 13, 5], activation: 'relu' }, 1);
  const sum = (layer: number, key: 'forwardFlops' | 'backwardFlops' | 'parameters') =>
    line.blocks.filter((block) => block.layer === layer).reduce((total, b) => total + b[key], 0);
  t.equal(sum(0, 'forwardFlops'), 2 * 7 * 13 + 2 * 13);
  t.equal(sum(0, 'backwardFlops'), 2 * 7 * 13 + 13);
  t.equal(sum(1, 'forwardFlops'), 2 * 13 * 5 + 2 * 5);
  t.equal(sum(1, 'backwardFlops'), 4 * 13 * 5 + 5);
  t.equal(sum(0, 'parameters'), 8 * 13);
  t.equal(sum(1, 'parameters'), 14 * 5);
});

t.test('A.1: a cut carries y so far, and the input of a layer that goes on', async (t) => {
  const line = mlpLine({ kind: 'mlp', layers: [7, 13, 5], activation: 'relu' }, 1000);
  t.equal(line.blocks.length, 18);
  t.same(line.carryElements(3), { forward: 4 + 7, backward: 4 }, 'nobody needs dX of layer 0');
  t.same(line.carryElements(12), { forward: 13, backward: 13 }, 'the end of a layer');
  t.same(line.carryElements(14), { forward: 2 + 13, backward: 2 + 13 });
});

t.test('a cost table has one block a layer, and its cuts carry the outputs', async (t) => {
  const layer = { name: 'a', forwardFlops: 3, backwardFlops: 6, parameters: 5, outputElements: 4 };
  const line = costLine({
    kind: 'costs',
    layers: [layer, { ...layer, outputElements: 2 }],
    inputElements: 9,
  });
  t.same(line.layerInputs, [9, 4]);
  t.same(line.parameterOffsets, [0, 5]);
  t.equal(line.outputElements, 2);
  t.equal(line.parameters, 10);
  t.notOk(line.splitsLayers);
  t.same(line.carryElements(0), { forward: 4, backward: 4 });
  t.equal(line.blocks[1].keptElements, 4);
});

t.test('a cut carries, and a backward pass keeps, what the table says', async (t) => {
  const layer = { name: 'a', forwardFlops: 3, backwardFlops: 6, parameters: 5, outputElements: 4 };
  const line = costLine({
    kind: 'costs',
    layers: [{ ...layer, carryElements: 7, keptElements: 3 }, layer],
    inputElements: 9,
  });
  t.same(line.carryElements(0), { forward: 7, backward: 7 });
  t.same(
    line.blocks.map(({ keptElements }) => keptElements),
    [3, 8],
  );
});
