/** Measures working time: paused time does not count, so that rates stay true. */
export class Stopwatch {
  private readonly clock: () => number;
  private startedMs: number;
  private heldSinceMs: number | null = null;

  /** Starts at once. `clock` tells milliseconds. */
  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
    this.startedMs = clock();
  }

  /** Seconds at work so far. */
  get seconds(): number {
    return ((this.heldSinceMs ?? this.clock()) - this.startedMs) / 1000;
  }

  hold(): void {
    this.heldSinceMs ??= this.clock();
  }

  goOn(): void {
    if (this.heldSinceMs === null) return;
    this.startedMs += this.clock() - this.heldSinceMs;
    this.heldSinceMs = null;
  }
}
