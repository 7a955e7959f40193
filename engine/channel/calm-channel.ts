/**
 * One channel while nothing can happen to its two ends or to the wire between them: every message arrives, and so does
 * every acknowledgement. Those are computed instead of sent. They are a round trip apart or more, so at most one is on
 * its way. It knows no clock and no wire.
 */
import type { Acknowledgement } from '../parcel.ts';
import type { ReceiverHalf } from './receiver-half.ts';
import type { SenderHalf } from './sender-half.ts';

export class CalmChannel {
  /** Acknowledgements sent so far; all but that on its way have been heard. */
  sent = 0;
  underWay: Acknowledgement | null = null;
  arrivalNs = 0;
  /** When an acknowledgement has arrived last, and when a message has. */
  acknowledgedNs = -Infinity;
  heardNs = -Infinity;

  constructor(
    private readonly sender: SenderHalf,
    private readonly receiver: ReceiverHalf,
    /** How long an acknowledgement travels, and a frame of next to no bytes there and back. */
    private readonly wayNs: number,
    readonly roundTripNs: number,
  ) {}

  /** One is sent at that time. */
  send(acknowledgement: Acknowledgement, timeNs: number): void {
    this.arrive();
    this.underWay = acknowledgement;
    this.arrivalNs = timeNs + this.wayNs;
    this.sent++;
  }

  /** Makes all happen that happens before that time. */
  catchUp(nowNs: number): void {
    const { receiver } = this;
    const dueNs = receiver.dueNs(this.roundTripNs);
    if (dueNs < nowNs) this.send(receiver.pay(dueNs), dueNs);
    if (this.arrivalNs < nowNs) this.arrive();
  }

  private arrive(): void {
    const { underWay } = this;
    if (underWay === null) return;
    this.underWay = null;
    this.acknowledgedNs = this.arrivalNs;
    this.sender.acknowledged(underWay.channel, underWay.next);
  }
}
