/** The pairs of nodes that a wire fault concerns, ready to be asked for every frame. */
import type { NodeId } from '../world.ts';
import type { WireEffect, WireScope } from './fault-rule.ts';

export interface WireMask {
  /** True if the fault concerns frames from one to the other. */
  has(from: NodeId, to: NodeId): boolean;
}

/** The pairs that an effect concerns; of a partition, those that it separates. */
export function wireMask(effect: WireEffect, nodeCount: number): WireMask {
  if (effect.kind === 'partition') return partitionMask(effect.groups, nodeCount);
  return scopeMask(effect.scope, nodeCount);
}

function scopeMask({ from, to, oneWay }: WireScope, nodeCount: number): WireMask {
  const sends = members(from, nodeCount);
  const receives = members(to, nodeCount);
  return {
    has: (one, other) =>
      (sends[one] === 1 && receives[other] === 1) ||
      (!oneWay && sends[other] === 1 && receives[one] === 1),
  };
}

function partitionMask(groups: readonly (readonly NodeId[])[], nodeCount: number): WireMask {
  // A node in no group is in a group of its own.
  const groupOf = Int32Array.from({ length: nodeCount }, (_, node) => groups.length + node);
  groups.forEach((group, index) => group.forEach((node) => (groupOf[node] = index)));
  return { has: (one, other) => groupOf[one] !== groupOf[other] };
}

function members(nodes: readonly NodeId[], nodeCount: number): Uint8Array {
  const are = new Uint8Array(nodeCount);
  for (const node of nodes) are[node] = 1;
  return are;
}
