/**
 * Flow control: how far ahead a stage may be (PROTOCOLS A.4). Its window bounds the micro-batches in flight, its
 * credit the forwards that the next stage has not begun.
 */
import type { Window } from '../window.ts';

export class Flow {
  private readonly window: number;
  /** Forwards the stage may still send before the next one begins one. */
  private credits: number;

  constructor({ inFlight, credits }: Window) {
    this.window = inFlight;
    this.credits = credits;
  }

  /** Whether one more forward may begin with that many micro-batches in flight. */
  admits(inFlight: number): boolean {
    return inFlight < this.window && this.credits > 0;
  }

  /** A forward has been sent, or is about to be. */
  sent(): void {
    this.credits--;
  }

  /** The next stage has begun one. */
  credited(): void {
    this.credits++;
  }

  get exhausted(): boolean {
    return this.credits <= 0;
  }
}
