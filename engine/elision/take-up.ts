/** How an end of channels goes on with what was sent and taken without it, both nodes being in their first incarnation. */
import type { Parcel } from '../parcel.ts';
import type { NodeId } from '../world.ts';
import type { Endpoint } from '../channel/endpoint.ts';
import type { DataFrame, PlainFrame } from '../channel/frame.ts';

/** How many messages were taken, when that was acknowledged last, and whether it must be again. */
export interface Taking {
  readonly taken: number;
  readonly paidNs: number;
  readonly owes: boolean;
}

/** A message that may be a reminder, and its place in its channel. */
export interface Reminder extends Parcel {
  readonly sequence: number;
}

/** So many messages were sent to the peer, and taken from it. */
export function takeUp(
  endpoint: Endpoint,
  node: NodeId,
  sent: number,
  { taken, paidNs, owes }: Taking,
): void {
  const peer = endpoint.peer(node);
  peer.sender.takeUp(sent);
  if (taken === 0) return;
  peer.receiver.takeUp(taken, paidNs, owes);
  endpoint.acknowledgeLater(peer);
}

/** That message has reached the peer by that time and is not acknowledged yet. Those on their way follow. */
export function takeUpTold(endpoint: Endpoint, node: NodeId, told: Reminder, goneNs: number): void {
  endpoint.peer(node).sender.keep(told, told.sequence).goneNs = goneNs;
}

/** The frame of a message that is on its way; those to one peer in the order of sending. */
export function takeUpFrame(endpoint: Endpoint, frame: PlainFrame): DataFrame {
  const { to, parcel, sequence, taken } = frame;
  const peer = endpoint.peer(to);
  const acknowledgement = taken === 0 ? null : { incarnation: 0, channel: 0, next: taken };
  return endpoint.dataFrame(peer, peer.sender.keep(parcel, sequence), acknowledgement);
}
