/** What a protocol provides to be told who takes part, and what it is asked (see membership.ts). */
import type { NodeId } from '../../engine/world.ts';
import type { View } from './view.ts';

export interface MembershipSettings {
  /** All nodes there are; the members of the first view. */
  readonly nodeCount: number;
  readonly heartbeatNs: number;
  readonly misses: number;
  /** See `DetectorSpec`. */
  readonly farthestNs?: number;
}

/** What one node brings to a new view. */
export interface Contribution<Inventory> {
  readonly node: NodeId;
  readonly incarnation: number;
  /** It has no state. */
  readonly joining: boolean;
  readonly inventory: Inventory;
}

/** All that a decision is made from. */
export interface Assembly<Inventory> {
  readonly epoch: number;
  /** The members of the new view, in order of their numbers. */
  readonly contributions: readonly Contribution<Inventory>[];
  /**
   * The newest view that any of them knows to be complete, and those begun since that may be complete, oldest first. What
   * was committed in any of them must not be lost: the state to go on from is that of the newest of these, or of a view
   * begun later that has come to nothing since (its state is that of the newest one at the least).
   */
  readonly known: readonly View[];
}

export type Decision<Plan> =
  | { readonly kind: 'go'; readonly plan: Plan }
  /** Those who are here may not go on; `missing` are those who could change that. */
  | {
      readonly kind: 'halt';
      readonly reason: string;
      readonly missing: readonly NodeId[];
      /** Ask again after that time; null for the usual back-off. */
      readonly againNs: number | null;
    }
  /** It needs something first: `Membership.decided` will be called. */
  | { readonly kind: 'later' };

export interface MembershipHost<Inventory, Plan> {
  /** The plan of the first view, where nobody has to be asked for it: then training begins at once. */
  readonly firstPlan?: Plan;
  /** Sets of nodes without one of which `decide` lets nobody go on: all of a set stand for a majority. */
  readonly cores?: readonly (readonly NodeId[])[];
  /** Stops the work of the view in use; an inventory made afterwards stays true until `install` or `drop`. */
  freeze(): void;
  /** What state this node can serve; asked after `freeze`, or before any view was installed. */
  inventory(): Inventory;
  /** A pure function of the assembly, or 'later'. */
  decide(assembly: Assembly<Inventory>): Decision<Plan>;
  /** Go on by the plan. The view is on the disk. */
  install(view: View, plan: Plan): void;
  /**
   * Which members `node` watches in the view; who is watched watches back. Where a peer is suspected, the first of those
   * who watch it begins the change of view.
   */
  watched(view: View, node: NodeId): readonly NodeId[];
  /** A member that this node watches is silent: whether the view stays as it is; it changes where this is left out. */
  spares?(peer: NodeId): boolean;
  /** Who of these members lets others in, at a boundary of the work, and ends the run; the first where it is left out. */
  coordinator?(members: readonly NodeId[]): NodeId;
  /** Payload bytes of the plan for that member. */
  planBytes(plan: Plan, member: NodeId): number;
  inventoryBytes(inventory: Inventory): number;
  /** A newer view is complete without this node: its state is of no use. */
  drop(): void;
  /** This node may not go on for now, or asks in vain. */
  halted(reason: string): void;
  /** This node begins a change of view; it does not hear those members. */
  repairing(epoch: number, gone: readonly NodeId[]): void;
  /** Nobody has anything left to do: all was done in the view of that epoch. */
  ended(epoch: number): void;
}
