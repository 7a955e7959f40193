/** What the join protocol needs of the view change it is part of, and of its host. */
import type { NodeId } from '../../engine/world.ts';
import type { RingWatch } from './ring-watch.ts';
import type { HelloMessage, JoinMessage, Silence, StaleMessage } from './view-messages.ts';
import type { Installed, ViewPhase } from './view-phase.ts';

/** What it needs to know and may do of the view change it is part of. */
export interface JoinHost {
  readonly phase: ViewPhase;
  readonly installed: Installed | null;
  readonly promised: number;
  floor: number;
  readonly missing: ReadonlySet<NodeId>;
  readonly watch: RingWatch;
  readonly holder: { goRound(silences: readonly Silence[]): void };
  initiate(): void;
  /** Whether a node that is in the view of that epoch has been left behind by this one's, for good. */
  isOut(node: NodeId, epoch: number): boolean;
  /** Goes without state. */
  leave(): void;
  joinRing(): void;
  resumeAgain(to: NodeId): void;
  say(to: NodeId, message: JoinMessage | HelloMessage | StaleMessage): void;
}

/** Whom it tells that nothing goes on here. */
export interface JoinProtocolHost {
  halted(reason: string, againNs: number | null): void;
}
