/**
 * The sending end of a reliable channel: numbers messages, keeps them until they are acknowledged, and says when the
 * oldest must be sent again (PROTOCOLS section 0). It knows no clock: it is given the time. A frame that still waits
 * in a network queue is not timed out.
 */
import { type Parcel, type Sending, UNKNOWN_INCARNATION } from '../parcel.ts';

/** The time-out doubles up to this factor while nothing is acknowledged. */
const BACK_OFF_MAX = 64;

export class SenderHalf {
  channel = 0;
  /** The incarnation of the peer that messages are for. */
  peerIncarnation: number;
  private readonly timeOutNs: (bytes: number) => number;
  private readonly waiting: Sending[] = [];
  private nextSequence = 0;
  private backOff = 1;

  /** `timeOutNs` tells how long after a frame of that size has left the network its acknowledgement is overdue. */
  constructor(peerIncarnation: number, timeOutNs: (bytes: number) => number) {
    this.peerIncarnation = peerIncarnation;
    this.timeOutNs = timeOutNs;
  }

  /** Numbers a message. The caller transmits it at once. */
  add(parcel: Parcel): Sending {
    return this.keep(parcel, this.nextSequence++);
  }

  /** Keeps a message until it is acknowledged; those before it are kept already, or are acknowledged. */
  keep({ number, message, bytes }: Parcel, sequence: number): Sending {
    const sending = { number, message, bytes, sequence, underWay: 0, goneNs: 0 };
    this.waiting.push(sending);
    return sending;
  }

  /** So many messages have been sent without it. */
  takeUp(sent: number): void {
    this.nextSequence = sent;
  }

  /** Whether a message of that kind is not acknowledged yet. */
  has(kind: string): boolean {
    return this.waiting.some(({ message }) => message.kind === kind);
  }

  /** Whether that is the channel in use, and each message from `next` on is in a network queue. */
  isUnderWay(channel: number, next: number): boolean {
    const isFine = ({ sequence, underWay }: Sending) => sequence < next || underWay > 0;
    return channel === this.channel && this.waiting.every(isFine);
  }

  /** The peer has everything before `next`. True if that is new. */
  acknowledged(channel: number, next: number): boolean {
    if (channel !== this.channel || this.waiting.length === 0) return false;
    if (next <= this.waiting[0].sequence) return false;
    while (this.waiting.length > 0 && this.waiting[0].sequence < next) this.waiting.shift();
    this.backOff = 1;
    return true;
  }

  /** When the oldest message must be sent again; infinite if nothing is waiting for an acknowledgement. */
  get deadlineNs(): number {
    if (this.waiting.length === 0 || this.waiting[0].underWay > 0) return Infinity;
    const { bytes, goneNs } = this.waiting[0];
    return goneNs + this.backOff * this.timeOutNs(bytes);
  }

  /** The message to send again now, if its time has come. Its next time-out is twice as long. */
  overdue(nowNs: number): Sending | null {
    if (this.deadlineNs > nowNs) return null;
    this.backOff = Math.min(2 * this.backOff, BACK_OFF_MAX);
    return this.waiting[0];
  }

  /** Drops all that is not acknowledged, and starts a new channel to that incarnation. */
  begin(peerIncarnation: number): void {
    this.peerIncarnation = peerIncarnation;
    this.channel++;
    this.waiting.length = 0;
    this.nextSequence = 0;
    this.backOff = 1;
  }

  /** The peer has been heard for the first time: unacknowledged messages are for that incarnation. */
  meet(peerIncarnation: number): void {
    if (this.peerIncarnation === UNKNOWN_INCARNATION) this.peerIncarnation = peerIncarnation;
  }
}
