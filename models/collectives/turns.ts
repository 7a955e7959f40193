/**
 * The order in which a ring of nodes adds up each number of a vector, so that it does not depend on where the vector is
 * cut: number k of the whole vector is summed from node k mod D on, once round the ring. For that a segment of the vector
 * is sorted by turns, numbers with the same first node together: each of these groups is a chunk of the ring's sum.
 */
import type { FloatArray } from '../learning/float-array.ts';
import { shareOf } from '../learning/shares.ts';

/** The place, on a ring of so many, of a node whose segment begins with that number: so chunks begin where they should. */
export function positionInTurn(node: number, nodes: number, first: number): number {
  return (((node - first) % nodes) + nodes) % nodes;
}

/** A copy of the segment in which numbers 0, D, 2D, ... come first, then 1, D + 1, ... */
export function sortedByTurns(segment: FloatArray, nodes: number): FloatArray {
  const sorted = segment.slice();
  eachTurn(segment.length, nodes, (from, to) => (sorted[to] = segment[from]));
  return sorted;
}

/** The inverse of `sortedByTurns`, into that segment. */
export function unsortTurns(sorted: FloatArray, nodes: number, segment: FloatArray): void {
  eachTurn(segment.length, nodes, (from, to) => (segment[from] = sorted[to]));
}

function eachTurn(length: number, nodes: number, move: (from: number, to: number) => void): void {
  for (let turn = 0; turn < nodes; turn++) {
    const { low } = shareOf(length, nodes, turn);
    for (let from = turn, to = low; from < length; from += nodes, to++) move(from, to);
  }
}
