/** Which node holds which stage in one epoch, and where the line is cut. Plain data that may be sent. */
import type { NodeId } from '../../engine/world.ts';
import { placeOn, type RingPlace } from '../collectives/ring-places.ts';

export interface Placement {
  readonly epoch: number;
  /**
   * The node that holds each stage: those of the line, and then as many for every further copy of it. A node that holds
   * several has several chunks of the line, or of several copies.
   */
  readonly nodes: readonly NodeId[];
  /** In each copy, stage s of the line owns blocks [bounds[s], bounds[s + 1]). */
  readonly bounds: readonly number[];
}

/** Where a stage is: in which copy of the line, and at which place of it. */
export interface StagePlace {
  readonly copy: number;
  readonly place: number;
  /** Stages of the line. */
  readonly length: number;
}

export function placeOf({ bounds }: Pick<Placement, 'bounds'>, position: number): StagePlace {
  const length = bounds.length - 1;
  return { copy: Math.floor(position / length), place: position % length, length };
}

/** Copies of the line. */
export function copiesIn({ nodes, bounds }: Placement): number {
  return nodes.length / (bounds.length - 1);
}

/** The ring of the stages at the same place of all copies, by their numbers. */
export function ringOfCopies(placement: Placement, position: number): RingPlace {
  const { copy, place, length } = placeOf(placement, position);
  return placeOn(copiesIn(placement), copy, (each) => each * length + place);
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
