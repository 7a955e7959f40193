/**
 * The receiving end of a reliable channel: puts frames in order, drops duplicates and frames of ended channels, and
 * hands out each message once (invariant CH of PROTOCOLS section 0). It knows no clock.
 */
import type { Acknowledgement, DataFrame, Parcel } from './frame.ts';
import { UNKNOWN_INCARNATION } from './frame.ts';

export class ReceiverHalf {
  /** The sender's incarnation and the number of its channel that frames are taken from. */
  private incarnation = UNKNOWN_INCARNATION;
  private channel = 0;
  private next = 0;
  /** The next message, if it has arrived and is not among the early ones. */
  private ready: Parcel | null = null;
  /** Frames that arrived before an earlier one that is still missing, by sequence. */
  private readonly early = new Map<number, Parcel>();

  /**
   * Takes a frame in. `stale`: its channel is over. `early`: one before it is missing. `known`: it is a duplicate.
   * `next`: at least one message can be taken.
   */
  put(frame: DataFrame): 'stale' | 'early' | 'known' | 'next' {
    if (frame.incarnation < this.incarnation) return 'stale';
    if (frame.incarnation === this.incarnation && frame.channel < this.channel) return 'stale';
    if (frame.incarnation > this.incarnation || frame.channel > this.channel) {
      this.incarnation = frame.incarnation;
      this.channel = frame.channel;
      this.next = 0;
      this.early.clear();
    }
    if (frame.sequence < this.next || this.early.has(frame.sequence)) return 'known';
    if (frame.sequence === this.next) {
      this.ready = frame.parcel;
      return 'next';
    }
    this.early.set(frame.sequence, frame.parcel);
    return 'early';
  }

  /** Takes the next message in sending order; null if it has not arrived. */
  take(): Parcel | null {
    let parcel = this.ready;
    this.ready = null;
    if (parcel === null && this.early.size > 0) {
      parcel = this.early.get(this.next) ?? null;
      this.early.delete(this.next);
    }
    if (parcel !== null) this.next++;
    return parcel;
  }

  /** The acknowledgement for the sender; null before its first frame. */
  acknowledgement(): Acknowledgement | null {
    if (this.incarnation === UNKNOWN_INCARNATION) return null;
    return { incarnation: this.incarnation, channel: this.channel, next: this.next };
  }
}
