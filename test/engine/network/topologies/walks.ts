/** What any topology must hold, as named properties. */
import fc from 'fast-check';
import type { Topology } from '../../../../engine/network/topology.ts';

/** Links of a route, by number. */
export function routeOf(topology: Topology, source: number, target: number): number[] {
  const into = new Int32Array(topology.longestRoute);
  return Array.from(into.subarray(0, topology.route(source, target, into)));
}

/** Names of the links of a route. */
export function namesOf(topology: Topology, source: number, target: number): string[] {
  return routeOf(topology, source, target).map((index) => topology.link(index).id);
}

/** A number of nodes and two of them. */
export function nodesAndEnds(most: number) {
  return fc
    .integer({ min: 1, max: most })
    .chain((nodes) => fc.tuple(fc.constant(nodes), fc.nat(nodes - 1), fc.nat(nodes - 1)));
}

/** A route is empty from a node to itself only, no longer than claimed, over links that exist, each once. */
export function isRoute(topology: Topology, source: number, target: number): boolean {
  const route = routeOf(topology, source, target);
  return (
    (route.length === 0) === (source === target) &&
    route.length <= topology.longestRoute &&
    new Set(route).size === route.length &&
    route.every((link) => link >= 0 && link < topology.linkCount)
  );
}

export function latencyOf(topology: Topology, source: number, target: number): number {
  return routeOf(topology, source, target).reduce(
    (sum, link) => sum + topology.link(link).latencyNs,
    0,
  );
}

/** Every link has a name of its own. */
export function namesAreUnique(topology: Topology): boolean {
  const names = Array.from({ length: topology.linkCount }, (_, index) => topology.link(index).id);
  return new Set(names).size === names.length;
}
