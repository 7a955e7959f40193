/**
 * The receiving end of a reliable channel: puts frames in order, drops duplicates and frames of ended channels, and
 * hands out each message once (invariant CH of PROTOCOLS section 0). It knows no clock.
 */
import { type Acknowledgement, type Sending, UNKNOWN_INCARNATION } from '../parcel.ts';

export class ReceiverHalf {
  /** The sender's incarnation and the number of its channel that frames are taken from. */
  private incarnation = UNKNOWN_INCARNATION;
  private channel = 0;
  private next = 0;
  /** The next message, if it has arrived and is not among the early ones. */
  private ready: Sending | null = null;
  /** The last answer to `acknowledgement`, while it is still right. */
  private latest: Acknowledgement | null = null;
  /** Whether an acknowledgement is owed, and when one was sent last. */
  private owes = false;
  private paidNs = -Infinity;
  /** Messages that arrived before an earlier one that is still missing, by sequence; null before the first. */
  private early: Map<number, Sending> | null = null;

  /**
   * Takes in what has arrived on that channel of that incarnation of the sender. `stale`: the channel is over. `early`:
   * a message before it is missing. `known`: it is a duplicate. `next`: at least one message can be taken.
   */
  put(incarnation: number, channel: number, parcel: Sending): 'stale' | 'early' | 'known' | 'next' {
    if (incarnation !== this.incarnation || channel !== this.channel) {
      if (incarnation < this.incarnation) return 'stale';
      if (incarnation === this.incarnation && channel < this.channel) return 'stale';
      this.incarnation = incarnation;
      this.channel = channel;
      this.next = 0;
      this.latest = null;
      this.early?.clear();
    }
    const { sequence } = parcel;
    if (sequence === this.next) {
      this.ready = parcel;
      return 'next';
    }
    if (sequence < this.next || this.early?.has(sequence)) return 'known';
    (this.early ??= new Map()).set(sequence, parcel);
    return 'early';
  }

  /** Takes the next message in sending order; null if it has not arrived. */
  take(): Sending | null {
    let parcel = this.ready;
    this.ready = null;
    if (parcel === null && this.early !== null && this.early.size > 0) {
      parcel = this.early.get(this.next) ?? null;
      this.early.delete(this.next);
    }
    if (parcel !== null) {
      this.next++;
      this.latest = null;
    }
    return parcel;
  }

  /** So many messages of the sender's first incarnation have been taken, and acknowledged, without it. */
  takeUp(taken: number, paidNs: number, owes: boolean): void {
    this.incarnation = 0;
    this.next = taken;
    this.paidNs = paidNs;
    this.owes = owes;
  }

  /** The acknowledgement for the sender; null before its first frame. */
  acknowledgement(): Acknowledgement | null {
    if (this.incarnation === UNKNOWN_INCARNATION) return null;
    const { incarnation, channel, next } = this;
    return (this.latest ??= { incarnation, channel, next });
  }

  /** Something has come that must be acknowledged. */
  owe(): void {
    this.owes = true;
  }

  /** When the acknowledgement that is owed must be sent, at most one each `roundTripNs`; infinite if none is. */
  dueNs(roundTripNs: number): number {
    return this.owes ? this.paidNs + roundTripNs : Infinity;
  }

  /** Sends what is owed at that time. */
  pay(timeNs: number): Acknowledgement {
    this.owes = false;
    this.paidNs = timeNs;
    return this.acknowledgement()!;
  }
}
