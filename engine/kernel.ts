/**
 * The clock and the loop: takes events from the queue in order, advances the time, folds each event into the digest
 * and calls the handler of its kind. It must not know what the events mean.
 */
import { Digest } from './digest.ts';
import { EventQueue } from './event-queue.ts';

/** Called for events of one kind, with the two numbers they carry. */
export type EventHandler = (a: number, b: number) => void;

/** Modelled time ends here, after 104 days: beyond it a double cannot hold every nanosecond. */
export const END_NS = Number.MAX_SAFE_INTEGER;

/** The handle of an event that never comes, because it would be at or after the end of modelled time. */
export const NEVER = -1;

export class Kernel {
  /** Events scheduled at or after the end of modelled time. */
  private beyond = 0;
  private time = 0;
  private count = 0;
  private halted = false;
  /** The first event at this time or later is a step that `onStep` hears of. */
  private stepNs = Infinity;
  private stepped: () => number = () => Infinity;
  private readonly queue = new EventQueue();
  private readonly handlers: EventHandler[] = [];
  private readonly folded: Digest;

  /** `seed` is folded into the digest; the kernel itself draws nothing. */
  constructor(seed: number) {
    this.folded = new Digest(seed);
  }

  /** Nanoseconds since the run began: the time of the event being handled. */
  get now(): number {
    return this.time;
  }

  /** Events handled so far. */
  get events(): number {
    return this.count;
  }

  /** Events still to come. */
  get pending(): number {
    return this.queue.pending;
  }

  /** True if something was scheduled at or after the end of modelled time. */
  get isCutOff(): boolean {
    return this.beyond > 0;
  }

  get stopped(): boolean {
    return this.halted;
  }

  /** 16 hex digits over the seed and every event so far, in order. */
  get digest(): string {
    return this.folded.toString();
  }

  /** Returns the next kind, a small whole number, for a handler. Kinds depend only on the order of registering. */
  register(handler: EventHandler): number {
    return this.handlers.push(handler) - 1;
  }

  /**
   * Calls `look` before and after time passes `timeNs`: with `now` at the last event, and then at the next, which is
   * not handled yet. `look` only reads, and returns the next such time.
   */
  onStep(timeNs: number, look: () => number): void {
    this.stepNs = timeNs;
    this.stepped = look;
  }

  /**
   * Schedules an event: the handler of `kind` is called at that time with a and b (32-bit integers), after all events
   * scheduled earlier for the same time. Returns a handle for `cancel`; NEVER if the time is at or after the end of
   * modelled time.
   */
  schedule(timeNs: number, kind: number, a: number, b: number): number {
    if (timeNs >= this.time && timeNs < END_NS && Math.floor(timeNs) === timeNs)
      return this.queue.push(timeNs, kind, a, b);
    if (!(timeNs >= END_NS))
      throw new RangeError(
        `schedule: the time is ${timeNs} ns, a whole number from ${this.time} (now) would be right`,
      );
    this.beyond++;
    return NEVER;
  }

  /** Cancels an event; a stale handle does no harm. True if the event was pending. */
  cancel(handle: number): boolean {
    return handle !== NEVER && this.queue.cancel(handle);
  }

  /** Folds into the digest what an event did, beyond its own numbers. */
  fold(value: number, a: number, b: number): void {
    this.folded.fold(value, -1, a, b);
  }

  /** Handles up to that many events, or until the queue is empty or `stop` is called. Returns how many. */
  run(maxEvents: number): number {
    const { queue, handlers, folded } = this;
    let done = 0;
    while (done < maxEvents && !this.halted && queue.pop()) {
      done++;
      this.count++;
      const { timeNs, kind, a, b } = queue;
      if (timeNs >= this.stepNs) this.stepTo(timeNs);
      this.time = timeNs;
      folded.fold(timeNs, kind, a, b);
      handlers[kind](a, b);
    }
    return done;
  }

  private stepTo(timeNs: number): void {
    this.stepped();
    this.time = timeNs;
    this.stepNs = this.stepped();
  }

  /** Ends the run after the event being handled. */
  stop(): void {
    this.halted = true;
  }
}
