/** What a node that changes views with its peers provides, and what it is told (see view-change.ts). */
import type { NodeId } from '../../engine/world.ts';
import type { Silence } from './view-messages.ts';

/** All that a decision is made from. */
export interface Assembly<Report> {
  readonly epoch: number;
  readonly reports: readonly { readonly node: NodeId; readonly report: Report }[];
  /** Candidates that did not answer. */
  readonly missing: readonly NodeId[];
  /** Pairs of those that answered that do not hear each other. */
  readonly cuts: readonly Silence[];
}

export type Decision<Plan> =
  | { readonly kind: 'go'; readonly plan: Plan }
  | { readonly kind: 'halt'; readonly reason: string }
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
  install(epoch: number, members: readonly NodeId[], cuts: readonly Silence[], plan: Plan): void;
  /** This node is out of the ring: drop all state. What it did from step `since` on was for nothing. */
  drop(since: number): void;
  /** The step from which views newer than that epoch have trained. */
  since(epoch: number): number;
  /** This node may not go on for now. */
  halted(reason: string): void;
  /** This node begins a repair without those. */
  repairing(epoch: number, gone: readonly NodeId[]): void;
  /** All is done. */
  over(): void;
}
