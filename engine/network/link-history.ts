/**
 * Use of every link over time, in bounded memory whatever the length of the run: the cumulative busy time of all
 * links, sampled every so many events. When the room is full every second sample goes and the interval doubles.
 * Samples are taken by count of events, so they cost no event of their own and leave the digest alone.
 */

/** Equal slots of the run's time that the history is told in. */
export const TIMELINE_SLOTS = 10;
const SAMPLES = 32;
const SHORTEST_INTERVAL = 32;

export class LinkHistory {
  /** Count of events at which the next sample is due. */
  due: number;
  private interval: number;
  private readonly times: number[] = [0];
  private readonly rows: Float64Array[];

  constructor(private readonly linkCount: number) {
    // A sample touches every link, so that many events pass between two: O(1) an event.
    this.interval = Math.max(SHORTEST_INTERVAL, linkCount);
    this.due = this.interval;
    this.rows = [new Float64Array(linkCount)];
  }

  /** Takes a sample: `busyNs` by link since the run began, at `timeNs`. The array is kept. */
  sample(timeNs: number, busyNs: Float64Array): void {
    this.times.push(timeNs);
    this.rows.push(busyNs);
    if (this.rows.length === SAMPLES) this.thin();
    this.due += this.interval;
  }

  /**
   * Utilisation of every link in each of TIMELINE_SLOTS equal slots of [0, endNs], row-major [link][slot], as a
   * fraction of the slot. Exact at the samples, linear between them. `busyNs` is the state at the end.
   */
  timeline(endNs: number, busyNs: Float64Array): Float32Array {
    const shares = new Float32Array(this.linkCount * TIMELINE_SLOTS);
    if (endNs <= 0) return shares;
    const times = [...this.times, endNs];
    const rows = [...this.rows, busyNs];
    const slotNs = endNs / TIMELINE_SLOTS;
    let before: Float64Array = rows[0];
    for (let slot = 0; slot < TIMELINE_SLOTS; slot++) {
      const after = rowAt(slotNs * (slot + 1), times, rows);
      for (let link = 0; link < this.linkCount; link++) {
        const share = (after[link] - before[link]) / slotNs;
        shares[link * TIMELINE_SLOTS + slot] = Math.min(1, Math.max(0, share));
      }
      before = after;
    }
    return shares;
  }

  private thin(): void {
    let kept = 0;
    for (let index = 0; index < this.rows.length; index += 2) {
      this.times[kept] = this.times[index];
      this.rows[kept++] = this.rows[index];
    }
    this.times.length = kept;
    this.rows.length = kept;
    this.interval *= 2;
  }
}

/** The busy times at `timeNs`, between the two samples around it. */
function rowAt(timeNs: number, times: readonly number[], rows: readonly Float64Array[]) {
  let above = 1;
  while (above < times.length - 1 && times[above] < timeNs) above++;
  const span = times[above] - times[above - 1];
  const part = span > 0 ? Math.min(1, (timeNs - times[above - 1]) / span) : 1;
  const [low, high] = [rows[above - 1], rows[above]];
  return low.map((value, link) => value + (high[link] - value) * part);
}
