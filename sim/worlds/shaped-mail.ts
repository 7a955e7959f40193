/**
 * Mail as over a slower network: every node has a link of that bandwidth each way, first come, first served, and every
 * message is on its way for that long besides. The sender says when the last byte has left, by a bucket that fills at
 * that rate; the receiver keeps what has not come by then in a line. It works over any mail, and makes none faster.
 */
import type { NodeId } from '../../engine/world.ts';
import { type Envelope, type Mail, sizeOf, WINDOW_BYTES } from './mail.ts';

export interface LinkShape {
  /** Infinity where it is not limited. */
  readonly bytesPerSecond: number;
  readonly delayNs: number;
}

/** The last stretch of a wait is spent waiting on this, which is never written: timers are too coarse. */
const NAP = new Int32Array(new SharedArrayBuffer(4));
const COARSE_MS = 2;

/** What passes at a rate, one after the other. */
class Bucket {
  private readonly nsPerByte: number;
  private freeNs = 0;

  constructor(bytesPerSecond: number) {
    this.nsPerByte = 1e9 / bytesPerSecond;
  }

  /** When that many bytes have passed, of which the first could pass at that time. */
  take(bytes: number, fromNs: number): number {
    this.freeNs = Math.max(this.freeNs, fromNs) + bytes * this.nsPerByte;
    return this.freeNs;
  }

  /** How long they take alone. */
  lengthNs(bytes: number): number {
    return bytes * this.nsPerByte;
  }

  /** From when on no more than that many bytes wait. */
  roomNs(bytes: number): number {
    return this.freeNs - this.lengthNs(bytes);
  }
}

interface OnItsWay {
  readonly dueNs: number;
  readonly envelope: Envelope;
}

export class ShapedMail implements Mail {
  private readonly mail: Mail;
  private readonly delayNs: number;
  private readonly now: () => number;
  private readonly outward: Bucket;
  private readonly inward: Bucket;
  /** Earliest due first; ties in order of coming. */
  private line: OnItsWay[] = [];
  private arrived: () => void = () => {};
  private timer: NodeJS.Timeout | null = null;

  /** @param now nanoseconds of the run */
  constructor(mail: Mail, { bytesPerSecond, delayNs }: LinkShape, now: () => number) {
    this.mail = mail;
    this.delayNs = delayNs;
    this.now = now;
    this.outward = new Bucket(bytesPerSecond);
    this.inward = new Bucket(bytesPerSecond);
  }

  send(to: NodeId, envelope: Envelope): void {
    const leftNs = this.outward.take(sizeOf(envelope), this.now());
    this.mail.send(to, { ...envelope, leftNs });
    if (this.isFull) this.arm();
  }

  get isFull(): boolean {
    return this.mail.isFull || this.outward.roomNs(WINDOW_BYTES) > this.now();
  }

  excuse(peer: NodeId): void {
    this.mail.excuse(peer);
  }

  drain(into: Envelope[]): void {
    this.collect();
    const nowNs = this.now();
    const due = this.line.findIndex(({ dueNs }) => dueNs > nowNs);
    const come = this.line.splice(0, due < 0 ? this.line.length : due);
    for (const { envelope } of come) into.push(envelope);
    this.arm();
  }

  renew(peer: NodeId, incarnation: number): void {
    this.mail.renew(peer, incarnation);
    this.line = this.line.filter(({ envelope }) => envelope.from !== peer);
  }

  listen(arrived: () => void): void {
    this.arrived = arrived;
    this.mail.listen(arrived);
  }

  /** Takes what is there into the line. Its bytes come in one after the other, behind those that came before. */
  private collect(): void {
    const come: Envelope[] = [];
    this.mail.drain(come);
    come.sort((one, other) => one.leftNs - other.leftNs);
    for (const envelope of come) {
      const bytes = sizeOf(envelope);
      const firstNs = envelope.leftNs + this.delayNs - this.inward.lengthNs(bytes);
      this.put({ dueNs: this.inward.take(bytes, firstNs), envelope });
    }
  }

  private put(item: OnItsWay): void {
    let at = this.line.length;
    while (at > 0 && this.line[at - 1].dueNs > item.dueNs) at--;
    this.line.splice(at, 0, item);
  }

  /** When there is something to do next; Infinity if never. */
  private nextNs(): number {
    const dueNs = this.line.length === 0 ? Infinity : this.line[0].dueNs;
    const roomNs = this.outward.roomNs(WINDOW_BYTES);
    return roomNs > this.now() ? Math.min(dueNs, roomNs) : dueNs;
  }

  private arm(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const nextNs = this.nextNs();
    if (nextNs === Infinity) return;
    const afterMs = Math.max(0, (nextNs - this.now()) / 1e6 - COARSE_MS);
    this.timer = setTimeout(() => this.ring(nextNs), afterMs);
  }

  private ring(nextNs: number): void {
    this.timer = null;
    const leftMs = (nextNs - this.now()) / 1e6;
    if (leftMs > COARSE_MS) return this.arm();
    if (leftMs > 0) Atomics.wait(NAP, 0, 0, leftMs);
    this.arrived();
  }
}
