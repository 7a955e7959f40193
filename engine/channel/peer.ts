/** A peer as one incarnation of a node knows it: the ends of the channels between the two, and what it is owed. */
import type { ElidedAcknowledgements } from './elided-acknowledgements.ts';
import { ReceiverHalf } from './receiver-half.ts';
import { SenderHalf } from './sender-half.ts';

export class Peer {
  readonly sender: SenderHalf;
  readonly receiver = new ReceiverHalf();
  /** Whether an acknowledgement is owed, and when the last acknowledgement frame was sent. */
  owes = false;
  acknowledgedNs = -Infinity;
  /** Acknowledgements to the peer, and from it, while they are elided. */
  told: ElidedAcknowledgements | null = null;
  heard: ElidedAcknowledgements | null = null;

  constructor(
    /** The highest incarnation it has been heard in. */
    public incarnation: number,
    timeOutNs: (bytes: number) => number,
  ) {
    this.sender = new SenderHalf(incarnation, timeOutNs);
  }
}
