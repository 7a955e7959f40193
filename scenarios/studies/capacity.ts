/**
 * How large a model can be held? Layers of a fixed width are added, and the width of a fixed number of layers grows,
 * until some node's memory is exceeded. One iteration by its costs shows it: the ledger is that of a real run.
 */
import type { Scenario } from '../scenario.ts';
import { defineStudy } from '../study.ts';
import { HOLDING, SUBJECT } from './protocols.ts';

/** A batch has a sample for each node at least. */
function base(batch: number): Scenario {
  return {
    name: 'capacity',
    cluster: {
      nodes: 4,
      host: { speed: '1 TFLOP/s', memory: '64 MiB' },
      network: { kind: 'star', bandwidth: '100 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [] },
    training: { batch, microBatches: 16, iterations: 1, optimizer: 'adam', numerics: 'cost' },
    protocol: { kind: 'ring-tmp' },
  };
}

export default defineStudy({
  name: 'capacity',
  experiment: 'capacity',
  question: 'Does the ring hold larger models than the others do?',
  subject: SUBJECT,
  base: base(256),
  vary: {
    grow: [
      { called: 'depth', set: { 'model.layers': [1024, { times: '$', of: 512 }, 1024] } },
      { called: 'width', set: { 'model.layers': [1024, '$', '$', '$', '$', 1024] } },
    ],
    'cluster.nodes': [4, 16, 64, 256],
    protocol: [
      ...HOLDING,
      { kind: 'ring-tmp', label: `${SUBJECT}, r=1`, replicas: 1 },
      { kind: 'ring-tmp', label: `${SUBJECT}, recompute`, recompute: 'all' },
    ],
  },
  search: { called: 'size', from: 1, to: 65_536 },
  measure: ['memory.peakBytesMax', 'memory.peakBytesMean', 'time.modelledSeconds'],
  small: {
    base: base(64),
    vary: {
      grow: [
        { called: 'depth', set: { 'model.layers': [1024, { times: '$', of: 512 }, 1024] } },
        { called: 'width', set: { 'model.layers': [1024, '$', '$', '$', '$', 1024] } },
      ],
      'cluster.nodes': [4, 8, 16],
      protocol: HOLDING,
    },
  },
});
