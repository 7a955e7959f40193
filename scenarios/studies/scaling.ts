/**
 * How far does each protocol scale? `accuracy`: the same digits to the same accuracy. `strong`: the same large work on
 * ever more nodes, by its costs. `weak`: the
 * batch grows with the nodes, or the width with their square root, so that the work of a node stays the same.
 */
import type { Protocol } from '../scenario.ts';
import { defineStudy, type Variant } from '../study.ts';
import { affordable, FAMILIES, SUBJECT, TIMED } from './protocols.ts';

/** Of the work that is told by its costs; the size law needs it too. */
const MICRO_BATCHES = 32;

const DIGITS = {
  model: { kind: 'mlp', layers: [784, 128, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: {
    batch: 128,
    microBatches: 16,
    iterations: 200,
    learningRate: 0.1,
    numerics: 'exact',
    evaluateEvery: 2,
  },
  stop: { accuracy: 0.85 },
};

function costs(width: number, batch: number) {
  return {
    model: { kind: 'mlp', layers: [width, width, width, width, width] },
    data: { kind: 'none' },
    training: { batch, microBatches: MICRO_BATCHES, iterations: 4, numerics: 'cost' },
  };
}

/** Each kind of work with the numbers of nodes that it is done on; the batch has a sample for each of the most. */
function works(
  protocols: readonly Protocol[],
  digits: readonly number[],
  strong: readonly number[],
  weak: readonly number[],
) {
  const batch = Math.max(...weak);
  const pairs: (readonly [number, Variant])[] = [
    ...digits.map((nodes) => [nodes, { called: 'accuracy', set: DIGITS }] as const),
    ...strong.map((nodes) => [nodes, { called: 'strong', set: costs(4096, 4096) }] as const),
    ...weak.map(
      (nodes) => [nodes, { called: 'weak, batch', set: costs(1024, 64 * nodes) }] as const,
    ),
    ...weak.map((nodes) => {
      const width = Math.round(1024 * Math.sqrt(nodes));
      return [nodes, { called: 'weak, width', set: costs(width, batch) }] as const;
    }),
  ];
  const rows = pairs.flatMap(([nodes, work]) =>
    affordable(protocols, nodes).map((protocol) => ({ nodes, work, protocol })),
  );
  return {
    work: rows.map(({ work }) => work),
    'cluster.nodes': rows.map(({ nodes }) => nodes),
    protocol: rows.map(({ protocol }) => protocol),
  };
}

export default defineStudy({
  name: 'scaling',
  experiment: 'scaling',
  question: 'Does the ring scale further than the others do?',
  subject: SUBJECT,
  base: {
    name: 'scaling',
    cluster: {
      nodes: 1,
      host: { speed: '100 GFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [784, 10] },
    training: { batch: 32, microBatches: MICRO_BATCHES, iterations: 1 },
    protocol: { kind: 'ring-tmp' },
  },
  paired: works(
    TIMED,
    [1, 2, 4, 8, 16, 32, 64],
    [1, 4, 16, 64, 256, 1024, 4096],
    [1, 4, 16, 64, 256, 1024],
  ),
  measure: [
    'time.modelledSeconds',
    'training.iterationSeconds',
    'training.iterations',
    'training.samples',
    'training.finalAccuracy',
    'waiting.mean',
    'network.bytesPerNodeMax',
  ],
  small: {
    paired: works(FAMILIES, [1, 2, 4, 8, 16], [1, 4, 16, 64, 256], [1, 4, 16, 64]),
  },
});
