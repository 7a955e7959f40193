/** What an endpoint of channels asks of whoever carries its frames. */
import type { SuspicionCause } from '../observer.ts';
import type { NodeId } from '../world.ts';
import type { ElidedAcknowledgements } from './elided-acknowledgements.ts';
import type { Acknowledgement, Frame, Parcel } from './frame.ts';

/** What an endpoint may want to be woken for. */
export type Purpose = 'resend' | 'acknowledge' | 'watch';

/** Only `deliver` and `suspect` may call back before they return. */
export interface EndpointWorld {
  /** Hands a frame to the network. `gone` follows when the frame has left every queue, unless its channel is over. */
  transmit(frame: Frame): void;
  /** Removes frames to that peer which have not left the network's queues yet. */
  abandon(peer: NodeId): void;
  /** Calls `woken` at that time at the latest. May be asked repeatedly. Infinity: never. */
  wake(peer: NodeId, purpose: Purpose, timeNs: number): void;
  deliver(parcel: Parcel, from: NodeId): void;
  /**
   * A heartbeat is due now. True if this one and those that follow are certain to arrive and need no events. The
   * world then accounts for them, and calls `beatAgain` before anything happens that could change that.
   */
  elidesHeartbeats(peer: NodeId, nowNs: number): boolean;
  /**
   * An acknowledgement to the peer is due now. Not null if this one and those that follow are certain to arrive and need
   * no events. The world then accounts for them until it calls `tellAgain`, before anything happens that could change
   * that.
   */
  elidesAcknowledgements(
    peer: NodeId,
    due: Acknowledgement,
    nowNs: number,
  ): ElidedAcknowledgements | null;
  /** Whether frames to the peer get lost by chance. */
  isLossy(peer: NodeId): boolean;
  suspect(peer: NodeId, why: SuspicionCause): void;
  /** What is sent to the peer from now on belongs to a new channel. */
  channelBegun(peer: NodeId): void;
  /** How long after a frame of that size has reached the peer its acknowledgement is overdue. */
  timeOutNs(peer: NodeId, bytes: number): number;
  /** Nanoseconds to the peer and back for next to no bytes. */
  roundTripNs(peer: NodeId): number;
}
