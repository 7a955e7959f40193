/**
 * The acknowledgements from one node to another while they are computed instead of sent: nothing can happen to either
 * host or to the wire between them, so each one arrives. They are a round trip apart or more, so at most one is on its
 * way. It knows no clock and no wire.
 */
import type { NodeId } from '../world.ts';
import type { Acknowledgement } from './frame.ts';

/** Who sends them. */
interface Teller {
  readonly self: NodeId;
  /** Sends the one that was due to the peer before that time, if there was one. */
  payDebt(to: NodeId, nowNs: number): void;
}

/** Who hears them. */
interface Hearer {
  readonly self: NodeId;
  acknowledged(from: NodeId, acknowledgement: Acknowledgement, timeNs: number): void;
}

export class ElidedAcknowledgements {
  /** Sent so far; all but that on its way have been heard. */
  sent = 0;
  underWay: Acknowledgement | null = null;
  arrivalNs = 0;

  constructor(
    private readonly teller: Teller,
    private readonly hearer: Hearer,
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
    this.teller.payDebt(this.hearer.self, nowNs);
    if (this.arrivalNs < nowNs) this.arrive();
  }

  private arrive(): void {
    const { underWay, arrivalNs } = this;
    if (underWay) this.hearer.acknowledged(this.teller.self, underWay, arrivalNs);
    this.underWay = null;
  }
}
