/**
 * How much is learned by an iteration, a sample, a second, a node-second? The same digits, initial weights and order
 * of samples for all; a grid of learning rates, so that a common one and the best of each can be compared.
 */
import { defineStudy } from '../study.ts';
import { FAMILIES, LEARNING, SUBJECT } from './protocols.ts';

export default defineStudy({
  name: 'progress',
  experiment: 'progress',
  question:
    'Does the ring make more progress by an iteration, and by a second, than the others do?',
  subject: SUBJECT,
  base: {
    name: 'progress',
    cluster: {
      nodes: 16,
      host: { speed: '2 GFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [784, 128, 64, 10] },
    data: { kind: 'mnist', train: 4000, test: 1000 },
    training: { batch: 128, microBatches: 16, iterations: 120, numerics: 'exact' },
    protocol: { kind: 'ring-tmp' },
    stop: { diverged: false },
  },
  vary: {
    'training.learningRate': [0.03, 0.1, 0.3],
    protocol: LEARNING,
  },
  repeat: 5,
  curves: true,
  measure: [
    'training.finalLoss',
    'training.lastTenthLoss',
    'training.finalTestLoss',
    'training.finalAccuracy',
    'training.iterations',
    'training.samples',
    'time.modelledSeconds',
    'training.iterationSeconds',
    'staleness.mean',
    'staleness.max',
    'network.bytes',
  ],
  small: {
    base: {
      name: 'progress',
      cluster: {
        nodes: 8,
        host: { speed: '2 GFLOP/s', taskOverhead: '10 us' },
        network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
      },
      model: { kind: 'mlp', layers: [784, 64, 32, 10] },
      data: { kind: 'mnist', train: 2000, test: 500 },
      training: { batch: 64, microBatches: 8, iterations: 60, numerics: 'exact' },
      protocol: { kind: 'ring-tmp' },
      stop: { diverged: false },
    },
    vary: {
      'training.learningRate': [0.03, 0.1, 0.3],
      protocol: FAMILIES,
    },
  },
});
