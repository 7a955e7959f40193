import t from 'tap';
import fc from 'fast-check';
import { costLine, lineOf } from '../../../models/costs/cost-line.ts';
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

t.test('a table of an MLP, each layer split into its neurons, is the line of the MLP', async () => {
  fc.assert(
    fc.property(spec, (spec) => {
      const line = mlpLine(spec, 1e6);
      const layers = spec.layers.slice(1).map((width, layer) => {
        const of = line.blocks.filter((block) => block.layer === layer);
        const sum = (key: 'forwardFlops' | 'backwardFlops' | 'weightGradientFlops') =>
          of.reduce((total, block) => total + block[key], 0);
        return {
          ...{ name: 'x', forwardFlops: sum('forwardFlops'), backwardFlops: sum('backwardFlops') },
          ...{ weightGradientFlops: sum('weightGradientFlops'), splits: width },
          ...{ parameters: width * (spec.layers[layer] + 1), outputElements: width },
        };
      });
      const table = costLine({ kind: 'costs', layers, inputElements: spec.layers[0] });
      for (const [k, block] of line.blocks.entries()) {
        const { measured, ...part } = table.blocks[k];
        if (measured !== undefined || JSON.stringify(part) !== JSON.stringify(block)) return false;
        const [one, other] = [line.carryElements(k), table.carryElements(k)];
        if (one.forward !== other.forward || one.backward !== other.backward) return false;
      }
      return (
        table.blocks.length === line.blocks.length &&
        table.parameterOffsets.join() === line.parameterOffsets.join() &&
        table.layerInputs.join() === line.layerInputs.join()
      );
    }),
  );
});

t.test('the parts of a layer sum to the layer, whatever it is split into', async () => {
  const layer = fc.record({
    ...{ name: fc.constant('x'), forwardFlops: fc.nat(1000), backwardFlops: fc.nat(1000) },
    ...{ parameters: fc.nat(100), outputElements: fc.integer({ min: 1, max: 50 }) },
    ...{ keptElements: fc.nat(100), splits: fc.integer({ min: 1, max: 9 }) },
  });
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
      const { blocks } = costLine({ kind: 'costs', layers, inputElements: 5 });
      return layers.every((whole, index) => {
        const parts = blocks.filter((block) => block.layer === index);
        const sum = (key: 'parameters' | 'keptElements' | 'forwardFlops') =>
          parts.reduce((total, part) => total + part[key], 0);
        return (
          parts.length === whole.splits &&
          sum('parameters') === whole.parameters &&
          sum('keptElements') === whole.keptElements &&
          Math.abs(sum('forwardFlops') - whole.forwardFlops) < 1e-9
        );
      });
    }),
  );
});

t.test('bounds by hand are counted in layers, and fractions in their parts', async (t) => {
  const layer = { name: 'x', forwardFlops: 4, backwardFlops: 4, parameters: 4, outputElements: 8 };
  const layers = [layer, { ...layer, splits: 4 }, { ...layer, splits: 3 }];
  const table = { kind: 'costs' as const, layers, inputElements: 1 };
  t.same(lineOf({ ...table, bounds: [0, 1, 1.5, 2 + 2 / 3, 3] }, 4).bounds, [0, 1, 3, 7, 8]);
  t.equal(lineOf(table, 4).bounds, undefined);
  const mlp = { kind: 'mlp' as const, layers: [5, 6, 7, 8], activation: 'relu' as const };
  const { blocks, bounds } = lineOf({ ...mlp, bounds: [0, 2, 3] }, 40);
  t.equal(blocks[bounds![1]].layer, 2);
  t.equal(blocks[bounds![1] - 1].layer, 1);
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
