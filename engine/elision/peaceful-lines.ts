/**
 * What is known of channels before the first fault: how many messages were sent and taken on each, and when
 * acknowledgements of them are sent and heard. Nothing is kept of the messages themselves. A line is one direction
 * between two nodes; the other direction is its number with the lowest bit turned. It knows no nodes and no clock.
 */
import type { Taking } from './take-up.ts';

/** Figures of a line: counts of messages, times, and how far what was sent is acknowledged. */
const COLUMNS = 13;
const SENT = 0;
const TAKEN = 1;
/** When the latest acknowledgement was sent, and how many messages it says have come. */
const PAID_NS = 2;
const PAID = 3;
/** When the one that is owed is due; infinite where none is. */
const DUE_NS = 4;
/** How many messages its sender knows to have come, apart from the latest acknowledgement. */
const KNOWN = 5;
/** When an acknowledgement has come, apart from the latest, and when a message has. */
const ANSWERED_NS = 6;
const HEARD_NS = 7;
const WAY_NS = 8;
const ROUND_NS = 9;
const ACKNOWLEDGEMENTS = 10;
/** Acknowledgements that were counted already, as sent and as heard. */
const COUNTED_SENT = 11;
const COUNTED_HEARD = 12;

export class PeacefulLines {
  /** Lines so far, numbered from 0. */
  count = 0;
  private figures = new Float64Array(COLUMNS * 64);

  /**
   * Adds both lines of a pair and returns the first.
   * @param wayNs how long an acknowledgement travels that the receiver of the first line sends, and the other one
   */
  addPair(wayNs: number, backNs: number): number {
    const first = this.count;
    this.count += 2;
    if (COLUMNS * this.count > this.figures.length) {
      const grown = new Float64Array(2 * this.figures.length);
      grown.set(this.figures);
      this.figures = grown;
    }
    for (const line of [first, first + 1]) {
      const at = COLUMNS * line;
      for (const column of [PAID_NS, ANSWERED_NS, HEARD_NS]) this.figures[at + column] = -Infinity;
      this.figures[at + DUE_NS] = Infinity;
      this.figures[at + WAY_NS] = line === first ? wayNs : backNs;
      this.figures[at + ROUND_NS] = wayNs + backNs;
    }
    return first;
  }

  /** A message is sent. Returns its place in the line, from 0. */
  send(line: number): number {
    return this.figures[COLUMNS * line + SENT]++;
  }

  /** A message has come, and says that `known` of the other line have. At most one acknowledgement a round trip. */
  take(line: number, known: number, nowNs: number): void {
    const { figures } = this;
    const at = COLUMNS * line;
    const other = COLUMNS * (line ^ 1);
    if (figures[other + KNOWN] < known) figures[other + KNOWN] = known;
    if (figures[at + DUE_NS] < nowNs) this.pay(at, figures[at + DUE_NS]);
    figures[at + TAKEN]++;
    figures[at + HEARD_NS] = nowNs;
    const dueNs = figures[at + PAID_NS] + figures[at + ROUND_NS];
    if (dueNs <= nowNs) this.pay(at, nowNs);
    else figures[at + DUE_NS] = dueNs;
  }

  sent(line: number): number {
    return this.figures[COLUMNS * line + SENT];
  }

  taken(line: number): number {
    return this.figures[COLUMNS * line + TAKEN];
  }

  /** How many messages the sender of the line knows to have come, before that time. */
  known(line: number, nowNs: number): number {
    this.catchUp(line, nowNs);
    const { acknowledged, arrivalNs } = this.acknowledgement(line);
    const known = this.figures[COLUMNS * line + KNOWN];
    return arrivalNs < nowNs ? Math.max(known, acknowledged) : known;
  }

  /** When an acknowledgement has come last before that time. */
  answeredNs(line: number, nowNs: number): number {
    this.catchUp(line, nowNs);
    const { arrivalNs } = this.acknowledgement(line);
    return arrivalNs < nowNs ? arrivalNs : this.figures[COLUMNS * line + ANSWERED_NS];
  }

  /** When a message has come last. */
  heardNs(line: number): number {
    return this.figures[COLUMNS * line + HEARD_NS];
  }

  /** The latest acknowledgement: how many messages have come, as it says, and when it arrives. */
  acknowledgement(line: number): { acknowledged: number; arrivalNs: number } {
    const { figures } = this;
    const at = COLUMNS * line;
    return {
      acknowledged: figures[at + PAID],
      arrivalNs: figures[at + PAID_NS] + figures[at + WAY_NS],
    };
  }

  /** What the receiver of the line must know to go on. */
  taking(line: number): Taking {
    const { figures } = this;
    const at = COLUMNS * line;
    const owes = figures[at + DUE_NS] < Infinity;
    return { taken: figures[at + TAKEN], paidNs: figures[at + PAID_NS], owes };
  }

  /** Acknowledgements that were sent and heard before that time, since the last call. */
  countAcknowledgements(line: number, nowNs: number): { sent: number; heard: number } {
    this.catchUp(line, nowNs);
    const { figures } = this;
    const at = COLUMNS * line;
    const allSent = figures[at + ACKNOWLEDGEMENTS];
    const allHeard = allSent - +(this.acknowledgement(line).arrivalNs >= nowNs);
    const sent = allSent - figures[at + COUNTED_SENT];
    const heard = allHeard - figures[at + COUNTED_HEARD];
    figures[at + COUNTED_SENT] = allSent;
    figures[at + COUNTED_HEARD] = allHeard;
    return { sent, heard };
  }

  private catchUp(line: number, nowNs: number): void {
    const at = COLUMNS * line;
    const dueNs = this.figures[at + DUE_NS];
    if (dueNs < nowNs) this.pay(at, dueNs);
  }

  /** The one before has been heard by then: they are a round trip apart or more. */
  private pay(at: number, timeNs: number): void {
    const { figures } = this;
    figures[at + ANSWERED_NS] = figures[at + PAID_NS] + figures[at + WAY_NS];
    if (figures[at + KNOWN] < figures[at + PAID]) figures[at + KNOWN] = figures[at + PAID];
    figures[at + PAID_NS] = timeNs;
    figures[at + PAID] = figures[at + TAKEN];
    figures[at + DUE_NS] = Infinity;
    figures[at + ACKNOWLEDGEMENTS]++;
  }
}
