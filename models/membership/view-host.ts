/** What a node that changes views with its peers provides, and what it is told (see view-change.ts). */
import type { NodeId } from '../../engine/world.ts';
import type { Contribution, Silence } from './view-messages.ts';

/** All that a decision is made from. */
export interface Assembly<Report> {
  readonly epoch: number;
  readonly reports: readonly Contribution<Report>[];
  /** Pairs of those that answered that do not hear each other. */
  readonly cuts: readonly Silence[];
}

/** What all members of a new view are told of it, beside the plan. */
export interface NewView {
  readonly epoch: number;
  /** In order of the ring. */
  readonly members: readonly NodeId[];
  /** Those of them that come without state. */
  readonly joined: readonly NodeId[];
  readonly cuts: readonly Silence[];
}

export type Decision<Plan> =
  | { readonly kind: 'go'; readonly plan: Plan }
  /** Those who are here may not go on; `missing` are those who could change that. */
  | {
      readonly kind: 'halt';
      readonly reason: string;
      readonly missing: readonly NodeId[];
      /** Ask again after that time, even if none of them is heard; null if that would change nothing. */
      readonly againNs: number | null;
    }
  /** It needs something first: `ViewChange.decided` will be called. */
  | { readonly kind: 'later' };

export interface ViewHost<Report, Plan> {
  /** Stops the work of the view in use; what a report says stays true from here on. */
  stop(): void;
  /** What this node brings to a repair; asked after `stop`. */
  report(): Report;
  /** The initiator decides. Everybody who has reported is a member of the new view. */
  decide(assembly: Assembly<Report>): Decision<Plan>;
  /** The view has changed: go on by the plan. */
  install(view: NewView, plan: Plan): void;
  /**
   * Whether this node knows that all members of the view it installed last are in it with all they need. Until then the
   * state of the view before may still be wanted, and nobody is told to drop it.
   */
  complete(): boolean;
  /** This node is out of the ring: drop all state. */
  drop(): void;
  /** All was done in the view of that epoch: whatever anybody does in newer ones is for nothing. */
  endedIn(epoch: number): void;
  /** This node may not go on for now; where the decision said so, it is to be asked again after `againNs`. */
  halted(reason: string, againNs: number | null): void;
  /** This node begins a repair without those. */
  repairing(epoch: number, gone: readonly NodeId[]): void;
}
