/** Which node holds which stage in one epoch, and where the line is cut. Plain data that may be sent. */
import type { NodeId } from '../../engine/world.ts';

export interface Placement {
  readonly epoch: number;
  /** The node that holds each stage. A node that holds several has several chunks of the line. */
  readonly nodes: readonly NodeId[];
  /** Stage s owns blocks [bounds[s], bounds[s + 1]) of the line. */
  readonly bounds: readonly number[];
}

/** The stages of each node, in line order; computed once for all nodes that share memory. */
export function stagesByNode({ nodes }: Placement): ReadonlyMap<NodeId, readonly number[]> {
  const stages = new Map<NodeId, number[]>();
  for (const [position, node] of nodes.entries()) {
    const held = stages.get(node);
    if (held === undefined) stages.set(node, [position]);
    else held.push(position);
  }
  return stages;
}
