/** A peer as one incarnation of a node knows it: the ends of the channels between the two, and the watch of it. */
import type { Watch } from '../detector/watches.ts';
import type { NodeId } from '../world.ts';
import type { CalmChannel } from './calm-channel.ts';
import { ReceiverHalf } from './receiver-half.ts';
import { SenderHalf } from './sender-half.ts';

export class Peer {
  readonly sender: SenderHalf;
  readonly receiver = new ReceiverHalf();
  /** The channel to the peer, and that from it, while they are calm. */
  calmTo: CalmChannel | null = null;
  calmFrom: CalmChannel | null = null;
  /** The newest watch of it, which may be over; null before the first. */
  watch: Watch | null = null;
  /** The other end, in the incarnation of the peer that a frame has reached last; null before the first. */
  far: Peer | null = null;

  constructor(
    readonly node: NodeId,
    /** The incarnation of this node, which knows it. */
    readonly ownIncarnation: number,
    /** The highest incarnation it has been heard in. */
    public incarnation: number,
    timeOutNs: (bytes: number) => number,
  ) {
    this.sender = new SenderHalf(incarnation, timeOutNs);
  }
}
