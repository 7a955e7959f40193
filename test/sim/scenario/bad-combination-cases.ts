/** Fields that do not fit each other. */
import type { BadCase } from './bad-case.ts';

function costTable(costs: object) {
  return {
    kind: 'costs',
    inputElements: 4,
    layers: [{ name: 'a', ...costs, parameters: 3, outputElements: 4 }],
  };
}

function asTable(scenario: { model: unknown; training: object }, layer: object, more: object) {
  const table = costTable({ forwardFlops: 1, backwardFlops: 2, ...layer });
  scenario.model = { ...table, ...more };
  Object.assign(scenario.training, { numerics: 'cost' });
}

const IN_ONE_WAY =
  '; forwardFlops and backwardFlops, forwardSeconds and backwardSeconds, or times would be right, with inputGradient... and weightGradient... in place of backward... where they are apart';

/** Each of these is right by itself. */
export const BAD_COMBINATIONS: readonly BadCase[] = [
  {
    name: 'more nodes than neurons',
    options: ['--nodes', '40'],
    sentence:
      'FILE: cluster.nodes: 40 nodes are more than the model has neurons, and each must own one; 9 or fewer would be right',
  },
  {
    name: 'a parameter server without workers',
    change: (s) => {
      s.cluster.nodes = 1;
      s.protocol = { kind: 'ps-bsp' };
    },
    sentence:
      'FILE: cluster.nodes: a parameter server on 1 node has no worker; 2 nodes (1 worker and the server) or more would be right',
  },
  {
    name: 'more workers than samples',
    change: (s) => {
      s.cluster.nodes = 20;
      s.protocol = { kind: 'ps-asp' };
    },
    sentence:
      'FILE: training.batch: a batch of 8 leaves some of 19 workers without a sample; at least 19 would be right',
  },
  {
    name: 'exact numerics with a cost table',
    change: (s) => {
      s.model = costTable({ forwardFlops: 1, backwardFlops: 2 });
      s.training.numerics = 'exact';
    },
    sentence:
      "FILE: training.numerics is 'exact', but model.kind is 'costs', a table without numbers to train; 'cost' would be right",
  },
  {
    name: 'a layer of one operation and one time',
    change: (s) => {
      s.model = costTable({ forwardFlops: 1, backwardSeconds: 2 });
      s.training.numerics = 'cost';
    },
    sentence: `FILE: model.layers[0] gives forwardFlops, backwardSeconds${IN_ONE_WAY}`,
  },
  {
    name: 'a layer of both',
    change: (s) => {
      s.model = costTable({
        forwardFlops: 1,
        backwardFlops: 1,
        forwardSeconds: 1,
        backwardSeconds: 2,
      });
      s.training.numerics = 'cost';
    },
    sentence: `FILE: model.layers[0] gives forwardFlops, backwardFlops, forwardSeconds, backwardSeconds${IN_ONE_WAY}`,
  },
  {
    name: 'a layer of a backward pass and one of its halves',
    change: (s) => {
      s.model = costTable({ forwardFlops: 1, backwardFlops: 1, inputGradientFlops: 1 });
      s.training.numerics = 'cost';
    },
    sentence: `FILE: model.layers[0] gives forwardFlops, backwardFlops, inputGradientFlops${IN_ONE_WAY}`,
  },
  {
    name: 'a measured batch without its backward pass',
    change: (s) => {
      s.model = costTable({ times: [{ samples: 1, forward: 1, inputGradient: 1 }] });
      s.training.numerics = 'cost';
    },
    sentence:
      'FILE: model.layers[0].times[0] does not give each pass once; forward, and backward or both inputGradient and weightGradient would be right',
  },
  {
    name: 'a batch measured twice',
    change: (s) => {
      const row = { samples: 4, forward: 1, backward: 1 };
      s.model = costTable({ times: [row, row] });
      s.training.numerics = 'cost';
    },
    sentence:
      'FILE: model.layers[0].times[1].samples is 4, as in a row before it; each number of samples once would be right',
  },
  {
    name: 'two efficiencies for one number of samples',
    change: (s) => {
      const row = { samples: 4, efficiency: 0.5 };
      s.cluster.host = { ...s.cluster.host, efficiency: [row, row] };
    },
    sentence:
      'FILE: cluster.host.efficiency[1].samples is 4, as in a row before it; each number of samples once would be right',
  },
  {
    name: 'an efficiency above 1',
    change: (s) => (s.cluster.host = { ...s.cluster.host, efficiency: 1.5 }),
    sentence:
      'FILE: cluster.host.efficiency is 1.5; a number greater than 0 and at most 1 would be right',
  },
  {
    name: 'mixed precision that really trains',
    change: (s) => (s.training.precision = 16),
    sentence:
      "FILE: training.precision is 16 under exact numerics, which train with 32 or 64 bits; 32, 64 or numerics 'cost' would be right",
  },
  {
    name: 'bytes of elements that are really trained',
    change: (s) => (s.training.bytes = { wire: 2 }),
    sentence:
      "FILE: training.bytes is given under exact numerics, whose elements take 4 bytes each; no such field or numerics 'cost' would be right",
  },
  {
    name: 'times of nobody',
    change: (s) => {
      s.model = costTable({ forwardSeconds: 1, backwardSeconds: 2 });
      s.training.numerics = 'cost';
    },
    sentence:
      'FILE: model.layers[0] gives times, but model.referenceSpeed does not say on which host; the speed of that host would be right',
  },
  {
    name: 'times of other layers than there are',
    change: (s) => (s.model.times = []),
    sentence: 'FILE: model.times has 0 layers, and the model 2; as many would be right',
  },
  {
    name: 'bounds that do not begin at 0',
    change: (s) => (s.model.bounds = [1, 2]),
    sentence: 'FILE: model.bounds[0] is 1; 0, where the first stage begins, would be right',
  },
  {
    name: 'bounds that end elsewhere than the model',
    change: (s) => (s.model.bounds = [0, 1, 5]),
    sentence: 'FILE: model.bounds[2] is 5; 2, the number of layers, would be right',
  },
  {
    name: 'an empty stage',
    change: (s) => (s.model.bounds = [0, 1, 1, 2]),
    sentence:
      'FILE: model.bounds[2] is 1, not above the one before, which is 1; bounds that grow would be right',
  },
  {
    name: 'a bound in the middle of a layer',
    change: (s) => (s.model.bounds = [0, 0.5, 2]),
    sentence:
      'FILE: model.bounds[1] is 0.5, inside a layer that may be cut into 1 parts; a whole number would be right',
  },
  {
    name: 'a bound between the parts of a layer',
    change: (s) => asTable(s, { splits: 4, repeat: 2 }, { bounds: [0, 1.3, 2] }),
    sentence:
      'FILE: model.bounds[1] is 1.3, inside a layer that may be cut into 4 parts; a multiple of 1/4 would be right',
  },
  {
    name: 'bounds for other than so many nodes',
    change: (s) => (s.model.bounds = [0, 1, 2]),
    sentence:
      'FILE: model.bounds: the model is cut by hand into 2 stages, and 3 nodes take 3; 4 bounds, or 3 stages, would be right',
  },
  {
    name: 'bounds and stages',
    change: (s) => asTable(s, {}, { bounds: [0, 1], stages: ['a'] }),
    sentence: 'FILE: model has both bounds and stages; either would be right',
  },
  {
    name: 'a stage that begins at no layer',
    change: (s) => asTable(s, { repeat: 4 }, { stages: ['a 1', 'a2'] }),
    sentence: "FILE: model.stages[1] is 'a2', which no layer is called; 'a 2' would be right",
  },
  {
    name: 'stages without the first layer',
    change: (s) => asTable(s, { repeat: 4 }, { stages: ['a 2', 'a 3'] }),
    sentence: "FILE: model.stages[0] is 'a 2'; 'a 1', the first layer, would be right",
  },
  {
    name: 'stages out of order',
    change: (s) => asTable(s, { repeat: 4 }, { stages: ['a 1', 'a 3', 'a 2'] }),
    sentence:
      "FILE: model.stages[2] is 'a 2', which does not come behind 'a 3'; 'a 4' would be right",
  },
  {
    name: 'exact numerics without data',
    change: (s) => delete s.data,
    sentence:
      "FILE: data is missing under exact numerics; { kind: 'mnist' } or { kind: 'synthetic' } would be right",
  },
  {
    name: 'exact numerics with data of kind none',
    change: (s) => (s.data = { kind: 'none' }),
    sentence:
      "FILE: data.kind is 'none' under exact numerics; 'mnist' or 'synthetic' would be right",
  },
  {
    name: 'features that are not those of the model',
    change: (s) => (s.data = { kind: 'mnist' }),
    sentence:
      'FILE: model.layers begins with 6 inputs, but a sample of mnist has 784 features; 784 would be right',
  },
  {
    name: 'classes that are not those of the model',
    change: (s) => {
      s.data = { kind: 'mnist' };
      s.model.layers = [784, 9];
    },
    sentence: 'FILE: model.layers ends with 9 outputs, but mnist has 10 classes; 10 would be right',
  },
  {
    name: 'more digits than there are',
    change: (s) => {
      s.data = { kind: 'mnist', train: 9000 };
      s.model.layers = [784, 10];
    },
    sentence:
      'FILE: data.train and data.test are 9000 and 2000, but there are 10000 digits; counts that sum to at most 10000 would be right',
  },
  {
    name: 'two protocols of one label',
    change: (s) => (s.protocol = [{ kind: 'ring-tmp' }, { kind: 'seq-sgd', label: 'ring-tmp' }]),
    sentence:
      "FILE: protocol[1].label is 'ring-tmp', the label of protocol[0] too; a label of its own would be right",
  },
  {
    name: 'an expectation of an unknown label',
    change: (s) => (s.expect = [{ of: 'ring', value: 'nodes', atLeast: 1 }]),
    sentence:
      "FILE: expect[0].of is 'ring', which no protocol is called; 'ring-tmp' would be right",
  },
  {
    name: 'an expectation of a mistyped figure',
    change: (s) => (s.expect = [{ value: 'training.finalAcuracy', atLeast: 1 }]),
    sentence:
      "FILE: expect[0].value is 'training.finalAcuracy', which no summary has as a figure; 'training.finalAccuracy' would be right",
  },
  {
    name: 'an expectation of a text',
    change: (s) => (s.expect = [{ value: 'digest', atLeast: 1 }]),
    sentence:
      "FILE: expect[0].value is 'digest', which no summary has as a figure; 'training.finalLoss' or the like would be right",
  },
  {
    name: "an expectation bounded by a figure that isn't there",
    change: (s) =>
      (s.expect = [{ value: 'nodes', atMost: { of: 'ring-tmp', value: 'network.byte' } }]),
    sentence:
      "FILE: expect[0].atMost.value is 'network.byte', which no summary has as a figure; 'network.bytes' would be right",
  },
  {
    name: 'an expectation without a bound',
    change: (s) => (s.expect = [{ value: 'nodes' }]),
    sentence: 'FILE: expect[0] has no bound; atLeast or atMost would be right',
  },
  {
    name: 'an expectation bounded by words',
    change: (s) => (s.expect = [{ value: 'nodes', atMost: 'ps' }]),
    sentence:
      "FILE: expect[0].atMost is 'ps'; a number, or an object such as { of: 'ring-tmp' }, would be right",
  },
];
