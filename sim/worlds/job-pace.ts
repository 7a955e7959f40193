/** Makes a real node's jobs take as long as on a slower host: it waits, in pieces, for the time that they were too fast. */

/** No wait is shorter: some jobs are shorter than the shortest wait there is. */
const SHORTEST_WAIT_NS = 1_000_000;
/** Never written: only waited on. */
const NAP = new Int32Array(new SharedArrayBuffer(4));

export class JobPace {
  private readonly now: () => number;
  /** How much longer the jobs so far should have taken. */
  private owedNs = 0;

  /** `now` gives nanoseconds of the run. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** A job has run for `ranNs`, which a host of that slowness (1: as fast as this one) takes that many times longer for. */
  keep(ranNs: number, slowness: number): void {
    this.owedNs += Math.max(0, slowness - 1) * ranNs;
    if (this.owedNs < SHORTEST_WAIT_NS) return;
    const beganNs = this.now();
    Atomics.wait(NAP, 0, 0, this.owedNs / 1e6);
    this.owedNs -= this.now() - beganNs;
  }
}
