/** What causes of waiting are called, and where they lie, in words. */
import type { Topology } from '../../engine/network/topology.ts';
import type { ResourceShare } from '../../models/observers/path/critical-path.ts';
import type { Blame, Cause } from '../../models/observers/waiting/causes.ts';

/** In the order in which reports show them. */
export const CAUSE_NAMES: Readonly<Record<Cause, string>> = {
  bubble: 'pipeline bubble',
  straggler: 'straggler',
  link: 'link',
  queueing: 'queueing',
  failure: 'failure and repair',
  barrier: 'barrier or synchronisation',
  nothingToDo: 'nothing to do',
};

export const CAUSES = Object.keys(CAUSE_NAMES) as readonly Cause[];

/** `node 3`, or the name of a link; null where it is not known. */
export function placeText(place: Blame['place'], topology: Pick<Topology, 'link'>): string | null {
  if (place === null) return null;
  return 'node' in place ? `node ${place.node}` : topology.link(place.link).id;
}

/** What could be made faster, in words. */
export function resourceText(
  { resource }: Pick<ResourceShare, 'resource'>,
  topology: Pick<Topology, 'link'>,
): string {
  if (resource.kind === 'compute') return `compute of node ${resource.node}`;
  if (resource.kind === 'link') return `link ${topology.link(resource.link).id}`;
  return resource.kind;
}
