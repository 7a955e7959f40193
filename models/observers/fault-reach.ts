/**
 * The pairs between which a fault can cause silence. Heartbeats come from hosts, whatever their nodes do, and are
 * never delayed or duplicated. It knows no times.
 */
import { cutCables } from '../../engine/faults/cable-cuts.ts';
import type { FaultEffect, WireEffect } from '../../engine/faults/fault-rule.ts';
import { linksBetween } from '../../engine/faults/wire-degrade.ts';
import { type WireMask, wireMask } from '../../engine/faults/wire-mask.ts';
import type { Topology } from '../../engine/network/topology.ts';
import type { NodeId } from '../../engine/world.ts';

/** True if the fault can keep the heartbeats of `peer` from `by`. */
export type Reach = (by: NodeId, peer: NodeId) => boolean;

/** The reach of a fault on those nodes; computed when first asked for. */
export function reachOf(effect: FaultEffect, nodes: readonly NodeId[], topology: Topology): Reach {
  switch (effect.kind) {
    case 'crash':
    case 'pause':
      return (_by, peer) => nodes.includes(peer);
    case 'slow':
    case 'duplicate':
    case 'reorder':
      return () => false;
    case 'degrade': {
      let links: ReadonlySet<number> | null = null;
      return (by, peer) => {
        links ??= linksBetween(topology, effect.scope);
        return passes(topology, links, by, peer) || passes(topology, links, peer, by);
      };
    }
    case 'cut': {
      const cables = new Set(cutCables(topology, effect));
      if (cables.size > 0)
        return (by, peer) =>
          passes(topology, cables, by, peer) || passes(topology, cables, peer, by);
      return masked(effect, topology);
    }
    default:
      return masked(effect, topology);
  }
}

function masked(effect: WireEffect, topology: Topology): Reach {
  let mask: WireMask | null = null;
  return (by, peer) => {
    mask ??= wireMask(effect, topology.nodeCount);
    return mask.has(by, peer) || mask.has(peer, by);
  };
}

function passes(topology: Topology, links: ReadonlySet<number>, from: NodeId, to: NodeId): boolean {
  const route = new Int32Array(Math.max(1, topology.longestRoute));
  const hops = topology.route(from, to, route);
  return route.subarray(0, hops).some((link) => links.has(link));
}
