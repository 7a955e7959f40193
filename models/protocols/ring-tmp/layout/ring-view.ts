/**
 * Who holds which part of the line in one epoch, and what a repair decides (PROTOCOLS C). Plain data that travels
 * in messages: every node that has the same view works out the same layout.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { Placement } from '../../../pipeline/placement.ts';
import type { Serving } from '../../../pipeline/stage/versions.ts';
import { RECORD_BYTES } from '../messages.ts';

/** One epoch of the ring: where its positions are. */
export type RingView = Placement;

/** What a node holds of one layout. */
export interface LayoutReport {
  /** That of its view. */
  readonly epoch: number;
  readonly nodes: readonly NodeId[];
  readonly bounds: readonly number[];
  readonly own: readonly Serving[];
  readonly replicas: readonly Serving[];
}

/** What a node brings to a repair. */
export interface NodeReport {
  readonly node: NodeId;
  /** Newest epoch first: the layout it works in, and the one before for as long as that may still be needed. */
  readonly layouts: readonly LayoutReport[];
  /** Speed, memory and the like of its host, as in the MEASURE token. */
  readonly record: readonly number[];
  /** Micro-batches of each ring that it knows have been begun since the start of the run. */
  readonly begun: readonly (readonly [ring: number, count: number])[];
}

/** Where the state of one old position comes from. */
export interface RecoverySource {
  /** The layout whose state is used; 0 where nobody holds anything yet, -1 where all that is held is dropped. */
  readonly epoch: number;
  readonly bounds: readonly number[];
  /** By old position: who sends its state along its ring. Empty where a checkpoint is read, or the seed is enough. */
  readonly holders: readonly NodeId[];
  /** Training goes on from the weights after that many steps. */
  readonly version: number;
  /** True where the state is that of the checkpoint after `version` steps, or of the seed. */
  readonly checkpoint: boolean;
  /** The epoch in which that checkpoint was made; 0 where none is read. */
  readonly savedIn: number;
  /** True where no older layout can be needed any more: somebody has made an update in this one, so all of it was there. */
  readonly proven: boolean;
}

/** What the initiator of a repair has decided for all. */
export interface RecoveryPlan {
  readonly view: RingView;
  readonly source: RecoverySource;
  /** The records of the new view's places. */
  readonly records: readonly (readonly number[])[];
}

/** A node, a position, a bound. */
const PLACE_BYTES = 4;
/** A position with the versions it can be served at. */
const SERVING_BYTES = 8;
/** An epoch, a version, a count and the like, together. */
const HEAD_BYTES = 32;

/** Payload of what a node brings to a repair. What serves the books of time alone weighs nothing. */
export function inventoryBytes({ layouts }: NodeReport): number {
  const layoutBytes = layouts.map(
    ({ nodes, bounds, own, replicas }) =>
      HEAD_BYTES +
      PLACE_BYTES * (nodes.length + bounds.length) +
      SERVING_BYTES * (own.length + replicas.length),
  );
  return layoutBytes.reduce((sum, bytes) => sum + bytes, RECORD_BYTES + HEAD_BYTES);
}

/** Payload of a plan; its nodes follow from the members of the view, which are told beside it. */
export function planBytes({ view, source, records }: RecoveryPlan): number {
  const places = view.bounds.length + source.bounds.length + source.holders.length;
  return HEAD_BYTES + RECORD_BYTES * records.length + PLACE_BYTES * places;
}
