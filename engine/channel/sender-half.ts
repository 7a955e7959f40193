/**
 * The sending end of a reliable channel: numbers what is sent, keeps it until it is acknowledged, and says when the
 * oldest of it is to be sent again (PROTOCOLS section 0). It knows no clock: it is given the time. A frame that still
 * waits in a queue of the network is not late, however long it has been waiting, and is not timed out.
 */
import type { Parcel } from './frame.ts';
import { UNKNOWN_INCARNATION } from './frame.ts';

/** Time-outs double up to that factor while nothing is acknowledged. */
const BACK_OFF_MAX = 64;

/** A message that is not acknowledged yet. */
export interface Sending {
  readonly sequence: number;
  readonly parcel: Parcel;
  /** Transmissions of it that have not left the network. */
  underWay: number;
  /** When the last of them left it. */
  goneNs: number;
}

export class SenderHalf {
  epoch = 0;
  /** The incarnation of the peer that this is for. */
  peerLife: number;
  private readonly timeOutNs: (bytes: number) => number;
  private readonly waiting: Sending[] = [];
  private nextSequence = 0;
  private backOff = 1;

  /** `timeOutNs` tells how long after a frame of that size has left the network its acknowledgement is overdue. */
  constructor(peerLife: number, timeOutNs: (bytes: number) => number) {
    this.peerLife = peerLife;
    this.timeOutNs = timeOutNs;
  }

  /** Numbers a message, which is to be transmitted at once. */
  add(parcel: Parcel): Sending {
    const sending = { sequence: this.nextSequence++, parcel, underWay: 0, goneNs: 0 };
    this.waiting.push(sending);
    return sending;
  }

  /** Whether a message of that kind is not acknowledged yet. */
  has(kind: string): boolean {
    return this.waiting.some(({ parcel }) => parcel.message.kind === kind);
  }

  /** A transmission is in no queue of the network any more: it has arrived, or is lost. */
  gone(epoch: number, sequence: number, nowNs: number): void {
    if (epoch !== this.epoch || this.waiting.length === 0) return;
    const sending = this.waiting[sequence - this.waiting[0].sequence];
    if (!sending) return;
    sending.underWay--;
    sending.goneNs = nowNs;
  }

  /** The peer has everything before `next`; whether that is news. */
  acknowledged(epoch: number, next: number): boolean {
    if (epoch !== this.epoch || this.waiting.length === 0) return false;
    const known = next - this.waiting[0].sequence;
    if (known <= 0) return false;
    this.waiting.splice(0, known);
    this.backOff = 1;
    return true;
  }

  /** When the oldest message is to be sent again as things stand; infinite if none waits for that. */
  get deadlineNs(): number {
    if (this.waiting.length === 0 || this.waiting[0].underWay > 0) return Infinity;
    const { parcel, goneNs } = this.waiting[0];
    return goneNs + this.backOff * this.timeOutNs(parcel.bytes);
  }

  /** The message to send again now, if its time has come; its next time-out is twice as long. */
  overdue(nowNs: number): Sending | null {
    if (this.deadlineNs > nowNs) return null;
    this.backOff = Math.min(2 * this.backOff, BACK_OFF_MAX);
    return this.waiting[0];
  }

  /** Drops all that is not acknowledged; what is sent from now on, to that incarnation, is a channel of its own. */
  begin(peerLife: number): void {
    this.peerLife = peerLife;
    this.epoch++;
    this.waiting.length = 0;
    this.nextSequence = 0;
    this.backOff = 1;
  }

  /** The peer has spoken for the first time. What it has not acknowledged yet goes to that incarnation of it. */
  meet(peerLife: number): void {
    if (this.peerLife === UNKNOWN_INCARNATION) this.peerLife = peerLife;
  }
}
