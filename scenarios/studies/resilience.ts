/**
 * What do failures cost? One node for good, one for a while, the last one (a server, where there are any), crashes at
 * random with two rates, and instances that come and go as a spot market's do. The same luck for every protocol.
 */
import { defineStudy, type Variant } from '../study.ts';
import { RESILIENT, SUBJECT } from './protocols.ts';

const NODES = 10;

function failing(called: string, ...faults: object[]): Variant {
  return { called, set: { faults } };
}

/** Instances taken in pairs, and most of them given back: in the habit of published traces, and made up. */
const SPOT = [
  ...[2, 7].map((node) => ({ time: '60 ms', node, event: 'crash' })),
  ...[2, 7].map((node) => ({ time: '120 ms', node, event: 'return' })),
  ...[4, 9].map((node) => ({ time: '180 ms', node, event: 'crash' })),
  { time: '240 ms', node: 4, event: 'return' },
  { time: '300 ms', node: 1, event: 'crash' },
];

/** In modelled time: a run takes half a second, so that these are rates of a bad day in fast motion. */
const FAULTS: Variant[] = [
  failing('none'),
  failing('one node gone', { at: '100 ms', kind: 'crash', node: 2 }),
  failing('one node for 50 ms', { at: '100 ms', kind: 'crash', node: 2, for: '50 ms' }),
  failing('last node for 50 ms', { at: '100 ms', kind: 'crash', node: NODES - 1, for: '50 ms' }),
  failing('a crash each 200 ms', { every: '200 ms', kind: 'crash', random: 1, for: '30 ms' }),
  failing('a crash each 50 ms', { every: '50 ms', kind: 'crash', random: 1, for: '30 ms' }),
  failing('spot instances', { trace: SPOT }),
];

export default defineStudy({
  name: 'resilience',
  experiment: 'resilience',
  question: 'Does the ring survive failures as well as the others do?',
  subject: `${SUBJECT}, r=1`,
  base: {
    name: 'resilience',
    cluster: {
      nodes: NODES,
      host: { speed: '1 GFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [784, 64, 32, 10] },
    data: { kind: 'mnist', train: 2000, test: 500 },
    training: { batch: 128, microBatches: 16, iterations: 60, learningRate: 0.1 },
    protocol: { kind: 'ring-tmp' },
    detector: { heartbeat: '1 ms', misses: 3 },
    checkpoint: { every: 10, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
    stop: { time: '2 s' },
  },
  vary: { faults: FAULTS, protocol: RESILIENT },
  repeat: 20,
  measure: [
    'training.samplesPerSecond',
    'time.modelledSeconds',
    'training.iterations',
    'training.finalLoss',
    'resilience.strikes',
    'resilience.detectedAfterSeconds.mean',
    'resilience.recoveredAfterSeconds.mean',
    'resilience.recoveredAfterSeconds.max',
    'resilience.redoneSamples',
    'resilience.restarts',
    'resilience.halts',
    'resilience.lost.count',
    'accounting.redo.mean',
    'accounting.down.mean',
    'waiting.mean',
  ],
  small: {
    vary: { faults: FAULTS.filter(({ called }) => !called.includes('200')), protocol: RESILIENT },
    repeat: 5,
  },
});
