/**
 * When heartbeats from one node to another are sent and heard, computed instead of simulated: nothing can happen to
 * either host or to the wire between them, so each one arrives. It knows no clock, no nodes and no wire.
 */
interface HeartbeatTiming {
  /** When the first heartbeat is sent; the others follow each `heartbeatNs`. */
  readonly firstNs: number;
  readonly heartbeatNs: number;
  /** How long a heartbeat travels. */
  readonly outNs: number;
  /** How long its answer travels; null where the peer watches too, and sends heartbeats instead of answers. */
  readonly backNs: number | null;
}

/** Heartbeats and answers, sent and heard. */
export interface HeartbeatCounts {
  beatsSent: number;
  beatsHeard: number;
  answersSent: number;
  answersHeard: number;
}

export class ElidedHeartbeats {
  readonly spec: HeartbeatTiming;

  constructor(spec: HeartbeatTiming) {
    this.spec = spec;
  }

  /** Counts of all that happened before that time. */
  before(timeNs: number): HeartbeatCounts {
    const { outNs, backNs } = this.spec;
    const beatsHeard = this.sentBefore(timeNs - outNs);
    return {
      beatsSent: this.sentBefore(timeNs),
      beatsHeard,
      answersSent: backNs === null ? 0 : beatsHeard,
      answersHeard: backNs === null ? 0 : this.sentBefore(timeNs - outNs - backNs),
    };
  }

  /** When heartbeat `number`, from 0, is sent. */
  beatNs(number: number): number {
    return this.spec.firstNs + number * this.spec.heartbeatNs;
  }

  /** When it arrives. */
  beatHeardNs(number: number): number {
    return this.beatNs(number) + this.spec.outNs;
  }

  /** When its answer arrives. */
  answerHeardNs(number: number): number {
    return this.beatHeardNs(number) + (this.spec.backNs ?? 0);
  }

  private sentBefore(timeNs: number): number {
    const { firstNs, heartbeatNs } = this.spec;
    return timeNs <= firstNs ? 0 : Math.ceil((timeNs - firstNs) / heartbeatNs);
  }
}
