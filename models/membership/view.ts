/** Views: who takes part from which epoch on. */
import type { NodeId } from '../../engine/world.ts';

export interface View {
  readonly epoch: number;
  /** In order of their numbers. */
  readonly members: readonly NodeId[];
  /** The incarnation each of them was in when it promised: another one has lost its state. */
  readonly incarnations: readonly number[];
  /** Those of them that have come without state since the newest view that was known to be complete. */
  readonly joined: readonly NodeId[];
}

/** What a node, with its number and incarnation, takes in a message or a record. */
export const NODE_BYTES = 8;
export const NUMBER_BYTES = 8;

/** Payload of views: an epoch and the members of each. */
export function viewsBytes(views: readonly View[]): number {
  return views.reduce((sum, { members }) => sum + NUMBER_BYTES + NODE_BYTES * members.length, 0);
}

/** Many nodes keep the lists of a view, and their disks and messages: frozen, so that all may share them. */
export function viewOf({ epoch, members, incarnations, joined }: View): View {
  return Object.freeze({
    epoch,
    members: Object.freeze(members),
    incarnations: Object.freeze(incarnations),
    joined: Object.freeze(joined),
  });
}

let newestFirst: View | null = null;

/** The view that all nodes there are begin with, in their first incarnations. Those of one run share it. */
export function firstView(nodeCount: number): View {
  if (newestFirst?.members.length !== nodeCount) {
    const members = Array.from({ length: nodeCount }, (_, node) => node);
    newestFirst = viewOf({ epoch: 0, members, incarnations: members.map(() => 0), joined: [] });
  }
  return newestFirst;
}

/** The incarnation that a member is in; undefined if the node is none. */
export function incarnationIn(view: View, node: NodeId): number | undefined {
  const { members, incarnations } = view;
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (members[middle] < node) low = middle + 1;
    else high = middle;
  }
  return members[low] === node ? incarnations[low] : undefined;
}

export function ascending(nodes: Iterable<NodeId>): NodeId[] {
  return [...new Set(nodes)].sort((one, other) => one - other);
}
