/**
 * A time in which the heartbeats of one node to another need not be played out: nothing can happen to either or to the
 * wire between them, so each arrives, and it is enough to know since when. Says which beats have been sent and heard
 * before a time. It knows no clock, no nodes and no wire. Times in nanoseconds.
 */
export interface LullSpec {
  /** When the first beat goes; the others follow each `heartbeatNs`. */
  readonly firstNs: number;
  readonly heartbeatNs: number;
  /** How long a beat takes. */
  readonly outNs: number;
  /** How long its answer takes; null where the peer watches too, and sends beats of its own instead. */
  readonly backNs: number | null;
}

/** Beats sent and heard, and answers to them likewise. */
export interface LullCounts {
  beatsSent: number;
  beatsHeard: number;
  answersSent: number;
  answersHeard: number;
}

export class Lull {
  readonly spec: LullSpec;

  constructor(spec: LullSpec) {
    this.spec = spec;
  }

  /** What has happened before that time. */
  before(timeNs: number): LullCounts {
    const { outNs, backNs } = this.spec;
    const beatsHeard = this.sentBefore(timeNs - outNs);
    return {
      beatsSent: this.sentBefore(timeNs),
      beatsHeard,
      answersSent: backNs === null ? 0 : beatsHeard,
      answersHeard: backNs === null ? 0 : this.sentBefore(timeNs - outNs - backNs),
    };
  }

  /** When the beat of that number, from 0, is sent. */
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
