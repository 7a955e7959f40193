/**
 * Who waits, and how long? Idle shares of all nodes, servers included, against the number of nodes and the bandwidth,
 * where all hosts are alike, where half of them run at half the speed, and where one is a straggler. All on one star, by
 * their costs alone, so that nothing but the protocol differs.
 */
import type { Protocol, Scenario } from '../scenario.ts';
import { defineStudy, type Variant } from '../study.ts';
import { affordable, FAMILIES, SUBJECT, TIMED } from './protocols.ts';

const SPEED = 1e11;
const BANDWIDTHS = ['1 Gbit/s', '10 Gbit/s', '100 Gbit/s'];

/** The hosts of so many nodes, in three kinds of cluster. */
function hosts(nodes: number): Variant[] {
  const kinds = {
    'all alike': [{ count: nodes, speed: SPEED }],
    'half at half speed': [
      { count: nodes / 2, speed: SPEED },
      { count: nodes / 2, speed: SPEED / 2 },
    ],
    'one straggler': [
      { count: nodes - 2, speed: SPEED },
      { count: 1, speed: SPEED / 4 },
      { count: 1, speed: SPEED },
    ],
  };
  return Object.entries(kinds).map(([called, list]) => ({
    called,
    set: { 'cluster.hosts': list },
  }));
}

/** Each number of nodes in each kind of cluster, with each protocol; of the large numbers only those where all are alike. */
function clusters(
  protocols: readonly Protocol[],
  counts: readonly number[],
  large: readonly number[] = [],
) {
  const rows = [
    ...counts.flatMap((nodes) => hosts(nodes).map((kind) => ({ nodes, kind }))),
    ...large.map((nodes) => ({ nodes, kind: hosts(nodes)[0] })),
  ].flatMap(({ nodes, kind }) =>
    affordable(protocols, nodes).map((protocol) => ({ nodes, kind, protocol })),
  );
  return {
    'cluster.nodes': rows.map(({ nodes }) => nodes),
    hosts: rows.map(({ kind }) => kind),
    protocol: rows.map(({ protocol }) => protocol),
  };
}

/** A batch has a sample for each node at least. */
function base(batch: number, iterations: number): Scenario {
  return {
    name: 'idle',
    cluster: { nodes: 4, network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' } },
    model: { kind: 'mlp', layers: [1024, 4096, 4096, 4096, 1024] },
    training: { batch, microBatches: 64, iterations, numerics: 'cost' },
    protocol: { kind: 'ring-tmp' },
  };
}

export default defineStudy({
  name: 'idle',
  experiment: 'idle',
  question: 'Does the ring keep its nodes less idle than the others do?',
  subject: SUBJECT,
  base: base(4096, 3),
  paired: clusters(TIMED, [4, 16, 64, 256], [1024, 4096]),
  vary: { 'cluster.network.bandwidth': BANDWIDTHS },
  measure: [
    'waiting.mean',
    'waiting.max',
    'accounting.busy.mean',
    'accounting.redo.mean',
    'accounting.comm.mean',
    'accounting.idle.mean',
    'accounting.down.mean',
    'training.iterationSeconds',
    'network.bytesPerNodeMax',
    'memory.peakBytesMax',
  ],
  small: {
    base: base(1024, 4),
    paired: clusters(FAMILIES, [4, 16, 64]),
    vary: { 'cluster.network.bandwidth': BANDWIDTHS },
  },
});
