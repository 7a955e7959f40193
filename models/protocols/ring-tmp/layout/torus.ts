/**
 * Several equal rings side by side (PROTOCOLS A.7): node r L + p has place p of ring r, and the nodes of a place are a ring
 * too, its column. All rings train the same model on parts of every batch. A position is a place of one ring, by the same
 * number; each has a node as long as there is one. Pure.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { placeOn, type RingPlace } from '../../../collectives/ring-places.ts';
import { type NodeRecord, slowest } from '../../../costs/node-records.ts';

export interface Torus {
  readonly rings: number;
  /** Places of a ring. */
  readonly length: number;
}

/** Where a node stands on its ring while nobody is lost. */
export function ringPlace({ length }: Torus, node: NodeId): RingPlace {
  const first = node - (node % length);
  return placeOn(length, node % length, (place) => first + place);
}

/** Where it stands on its column. */
export function columnPlace({ rings, length }: Torus, node: NodeId): RingPlace {
  return placeOn(rings, Math.floor(node / length), (ring) => ring * length + (node % length));
}

/**
 * The node of each position where those are there: its own, or else the next along its ring, so that the nodes of a
 * column stay as many; where a whole ring is gone, that of the same place in the next ring. One ring closes its gaps.
 */
export function nodesOf({ rings, length }: Torus, members: readonly NodeId[]): readonly NodeId[] {
  if (rings === 1) return members;
  const there = new Set(members);
  return range(rings * length, (position) => {
    for (let away = 0; away < rings; away++) {
      const ring = (Math.floor(position / length) + away) % rings;
      for (let along = 0; along < length; along++) {
        const node = ring * length + ((position + along) % length);
        if (there.has(node)) return node;
      }
    }
    throw new Error('a torus without a node');
  });
}

/** The record of each place: that of its slowest node, whose positions have equal parts of it. */
export function recordsByPlace(
  { rings }: Torus,
  nodes: readonly NodeId[],
  recordOf: (node: NodeId) => NodeRecord,
): NodeRecord[] {
  const held = new Map<NodeId, number>();
  for (const node of nodes) held.set(node, (held.get(node) ?? 0) + 1);
  const length = nodes.length / rings;
  return range(length, (place) =>
    slowest(
      range(rings, (ring) => {
        const node = nodes[ring * length + place];
        const record = recordOf(node);
        const speedFlopsPerSecond = record.speedFlopsPerSecond / held.get(node)!;
        return {
          ...record,
          speedFlopsPerSecond,
          memoryBytes: record.memoryBytes / held.get(node)!,
        };
      }),
    ),
  );
}

/** Whom a node talks to in a normal step: its neighbours on rings and columns, and those whom losses pass between. */
export function neighboursOn(torus: Torus, nodes: readonly NodeId[], node: NodeId): NodeId[] {
  const found = new Set<NodeId>();
  for (const [position, holder] of nodes.entries()) {
    if (holder !== node) continue;
    for (const { before, next } of [ringPlace(torus, position), columnPlace(torus, position)]) {
      found.add(nodes[next]);
      found.add(nodes[before]);
    }
    if (position === 0) for (const last of lastPositions(torus)) found.add(nodes[last]);
    else if (position % torus.length === torus.length - 1) found.add(nodes[0]);
  }
  found.delete(node);
  return [...found];
}

/** The last position of each ring, which tells the first of all what the loss is. */
export function lastPositions({ rings, length }: Torus): number[] {
  return range(rings, (ring) => ring * length + length - 1);
}

function range<T>(count: number, each: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => each(index));
}
