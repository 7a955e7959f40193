/**
 * Which nodes a fault hits. The draws do not depend on which nodes are up, so that two protocols meet the same luck:
 * a rule that finds a node down takes the next one in the order drawn.
 */
import type { NodeId, RandomStream } from '../world.ts';
import type { FaultTarget, WireEffect } from './fault-rule.ts';

/** Of the nodes that are up: all, some at random (in ascending order), or some in a row. */
export function chooseTargets(
  target: FaultTarget,
  isUp: (node: NodeId) => boolean,
  stream: RandomStream,
): NodeId[] {
  const { among, choose, count } = target;
  if (choose === 'all') return among.filter(isUp);
  const order = choose === 'random' ? shuffled(among, stream) : turned(among, stream);
  const struck = order.filter(isUp).slice(0, count);
  return choose === 'random' ? struck.sort((one, other) => one - other) : struck;
}

/** The nodes at the ends of the wires of a fault, or those in the groups of a partition, in ascending order. */
export function nodesAtWires(effect: WireEffect): NodeId[] {
  const nodes =
    effect.kind === 'partition' ? effect.groups.flat() : [...effect.scope.from, ...effect.scope.to];
  return [...new Set(nodes)].sort((one, other) => one - other);
}

/** In random order (Fisher and Yates). */
function shuffled(nodes: readonly NodeId[], stream: RandomStream): NodeId[] {
  const order = [...nodes];
  for (let left = order.length; left > 1; left--) {
    const drawn = stream.below(left);
    [order[left - 1], order[drawn]] = [order[drawn], order[left - 1]];
  }
  return order;
}

/** In the order of the list, cyclically, from a random node. */
function turned(nodes: readonly NodeId[], stream: RandomStream): NodeId[] {
  if (nodes.length === 0) return [];
  const first = stream.below(nodes.length);
  return [...nodes.slice(first), ...nodes.slice(0, first)];
}
