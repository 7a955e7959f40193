/** Clusters and protocols for runs in which nodes watch each other and nothing fails. */
import fc from 'fast-check';
import type { Scenario } from '../../../scenarios/scenario.ts';

type Network = Scenario['cluster']['network'];

export interface Drawn {
  readonly nodes: number;
  readonly network: Network;
  readonly protocol: Scenario['protocol'];
}

/** Figures that make a beat's bytes, or its latency, or neither, weigh most. */
const figures = fc.record({
  bandwidth: fc.constantFrom('1 Mbit/s', '100 Mbit/s', '10 Gbit/s'),
  latency: fc.constantFrom('0 s', '1 us', '50 us', '1 ms'),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
});

export function networks(nodes: number): fc.Arbitrary<Network> {
  return figures.chain((common) =>
    fc.constantFrom<Network>(
      { kind: 'ring', ...common },
      { kind: 'star', ...common },
      { kind: 'torus', ...common },
      { kind: 'racks', nodesPerRack: Math.ceil(nodes / 3), oversubscription: 4, ...common },
      { kind: 'fat-tree', ...common },
      {
        kind: 'clusters',
        nodesPerGroup: Math.ceil(nodes / 2),
        outside: { bandwidth: '1 Mbit/s', latency: '5 ms' },
        ...common,
      },
      {
        kind: 'links',
        links: Array.from({ length: nodes - 1 }, (_, node) => ({ from: node, to: node + 1 })),
        ...common,
      },
    ),
  );
}

const protocols = fc.oneof(
  fc.record({ kind: fc.constant('ring-tmp'), replicas: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom('ps-bsp', 'ps-asp'), replicas: fc.nat(1) }),
  fc.constantFrom({ kind: 'seq-sgd' }, { kind: 'gpipe' }, { kind: 'all-reduce' }),
  fc.constant({ kind: 'ps', servers: 2, consistency: { ssp: 1 } }),
) as fc.Arbitrary<Scenario['protocol'] & { kind: string }>;

/** From 3 nodes to that many. */
export function drawn(most: number): fc.Arbitrary<Drawn> {
  return fc
    .integer({ min: 3, max: most })
    .chain((nodes) =>
      fc.record({ nodes: fc.constant(nodes), network: networks(nodes), protocol: protocols }),
    );
}

/** A small job at that cluster, on costs alone. */
export function scenarioOf({ nodes, network, protocol }: Drawn): Scenario {
  return {
    name: 'lane',
    cluster: { nodes, host: { speed: '1 GFLOP/s', taskOverhead: '10 us' }, network },
    model: {
      kind: 'costs',
      inputElements: 10,
      layers: [
        {
          name: 'layer',
          forwardFlops: 1e5,
          backwardFlops: 2e5,
          parameters: 50,
          outputElements: 10,
          repeat: nodes,
        },
      ],
    },
    training: { batch: 2 * nodes, microBatches: 2, iterations: 2, numerics: 'cost' },
    protocol,
  };
}
