/**
 * A ring: one full-duplex cable between each pair of neighbours, a link for each of its directions. Link 2i runs from
 * node i to node i + 1, link 2i + 1 back. A message to a distant node goes the shorter way round, clockwise (upwards)
 * when both are equally long, and pays for every hop.
 */
import { ofNode, type PerNode } from './per-node.ts';
import type { Link, Topology } from './topology.ts';

/**
 * A ring of that many nodes. A ring of two has both its cables; messages between the two use the first, each
 * direction its own link. A ring of one has no link. Per-node figures are those of the cable to the next node.
 */
export function ringTopology(
  nodes: number,
  bandwidthsBytesPerSecond: PerNode,
  latenciesNs: PerNode,
): Topology {
  const link = (index: number): Link => {
    const low = index >> 1;
    const high = (low + 1) % nodes;
    const second = nodes === 2 && low === 1 ? ' (second cable)' : '';
    const id = index % 2 === 0 ? `${low}->${high}${second}` : `${high}->${low}${second}`;
    const bandwidthBytesPerSecond = ofNode(bandwidthsBytesPerSecond, low);
    return { id, bandwidthBytesPerSecond, latencyNs: ofNode(latenciesNs, low) };
  };
  const ends = (index: number) => {
    const low = index >> 1;
    const high = (low + 1) % nodes;
    return index % 2 === 0 ? { from: low, to: high } : { from: high, to: low };
  };
  const route = (source: number, target: number, into: Int32Array): number => {
    if (nodes === 2) {
      if (source === target) return 0;
      into[0] = source;
      return 1;
    }
    const clockwise = (target - source + nodes) % nodes;
    if (2 * clockwise <= nodes) {
      for (let hop = 0; hop < clockwise; hop++) into[hop] = 2 * ((source + hop) % nodes);
      return clockwise;
    }
    const hops = nodes - clockwise;
    for (let hop = 0; hop < hops; hop++) into[hop] = 2 * ((source - hop - 1 + nodes) % nodes) + 1;
    return hops;
  };
  return {
    kind: 'ring',
    nodeCount: nodes,
    linkCount: nodes > 1 ? 2 * nodes : 0,
    link,
    route,
    ends,
    longestRoute: Math.max(1, nodes >> 1),
  };
}
