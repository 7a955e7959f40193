/** What the parts of membership need of the whole (see membership.ts). */
import type { NodeId, World } from '../../engine/world.ts';
import type { MembershipHost, MembershipSettings } from './host.ts';
import type { Outbox } from './outbox.ts';
import type { Phase } from './phase.ts';
import type { VoteRecord } from './record.ts';
import type { Retry } from './retry.ts';
import type { View } from './view.ts';
import type { WatchList } from './watch-list.ts';

export interface ViewChange<Inventory, Plan> {
  phase: Phase;
  readonly view: View | null;
  /** Whom a halted node waits for, and who was halted with it. */
  missing: readonly NodeId[];
  together: readonly NodeId[];
  readonly world: World;
  readonly host: MembershipHost<Inventory, Plan>;
  readonly settings: MembershipSettings;
  readonly record: VoteRecord;
  readonly watches: WatchList;
  readonly retry: Retry;
  readonly outbox: Outbox<Inventory, Plan>;
  /** Who of these members lets others in and ends the run. */
  coordinatorOf(members: readonly NodeId[]): NodeId;
  /** Begins a change of view. */
  initiate(): void;
  /** The view must change because of that peer: whoever that falls to begins. */
  raise(peer: NodeId): void;
  /** Takes nothing below that epoch any more. */
  promise(epoch: number, phase: 'collecting' | 'promising'): void;
  /** A newer view is complete without this node: it begins anew. */
  leave(): void;
  /** No alarm is to go off any more, and nobody is watched. */
  rest(): void;
}
