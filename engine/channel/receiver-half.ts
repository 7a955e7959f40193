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
    this.early.set(frame.sequence, frame.parcel);
    return frame.sequence === this.next ? 'next' : 'early';
  }

  /** Takes the next message in sending order; null if it has not arrived. */
  take(): Parcel | null {
    const parcel = this.early.get(this.next);
    if (parcel === undefined) return null;
    this.early.delete(this.next++);
    return parcel;
  }

  /** The acknowledgement for the sender; null before its first frame. */
  acknowledgement(): Acknowledgement | null {
    if (this.incarnation === UNKNOWN_INCARNATION) return null;
    return { incarnation: this.incarnation, channel: this.channel, next: this.next };
  }
}
