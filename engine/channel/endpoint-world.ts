/** What endpoints of channels ask of whoever carries their frames. `node` is always the one that asks. */
import type { SuspicionCause } from '../observer.ts';
import type { NodeId } from '../world.ts';
import type { CalmChannel } from './calm-channel.ts';
import type { Frame } from './frame.ts';
import type { Acknowledgement, Parcel } from '../parcel.ts';
import type { RoundTrips } from './round-trips.ts';

/** What an endpoint may want to be woken for. */
export type Purpose = 'resend' | 'acknowledge' | 'watch';

/** Only `deliver` and `suspect` may call back before they return. */
export interface EndpointWorld {
  readonly roundTrips: Pick<RoundTrips, 'ns' | 'timeOutNs'>;
  /** Hands a frame to the network. `gone` follows when the frame has left every queue, unless its channel is over. */
  transmit(frame: Frame): void;
  /** Removes frames to that peer which have not left the network's queues yet. */
  abandon(node: NodeId, peer: NodeId): void;
  /** Calls `woken` at that time at the latest. May be asked repeatedly. Infinity: never. */
  wake(node: NodeId, peer: NodeId, purpose: Purpose, timeNs: number): void;
  deliver(parcel: Parcel, from: NodeId, node: NodeId): void;
  /**
   * A heartbeat is due now. True if this one and those that follow are certain to arrive and need no events. The
   * world then accounts for them, and calls `beatAgain` before anything happens that could change that.
   */
  elidesHeartbeats(node: NodeId, peer: NodeId, nowNs: number): boolean;
  /**
   * An acknowledgement to the peer is due now. Not null if the channel from there is calm: this one and those that follow
   * are certain to arrive and need no events. The world then accounts for them until it calls `endCalm`, before anything
   * happens that could change that.
   */
  calms(node: NodeId, peer: NodeId, due: Acknowledgement, nowNs: number): CalmChannel | null;
  /** Whether frames to the peer get lost by chance. */
  isLossy(node: NodeId, peer: NodeId): boolean;
  suspect(node: NodeId, peer: NodeId, why: SuspicionCause): void;
  /** What is sent to the peer from now on belongs to a new channel. */
  channelBegun(node: NodeId, peer: NodeId): void;
}
