/**
 * Use of every link over time, in bounded memory whatever the length of the run. Time is divided into cells. The busy
 * time of all links is read when time passes from one cell to the next, just before and just after the step. Between
 * two events the use of a link grows evenly, so between two such readings it is exact. When the room is full, cells
 * double in length, and the first and last reading of each stay. Readings cost no event and leave the digest alone.
 */

/** The history is reported in this many equal slots of the run's time. */
export const TIMELINE_SLOTS = 10;
/** Numbers kept in all, as long as the number of readings stays within these bounds. */
const ROOM = 2 ** 15;
const READINGS_LEAST = 4 * TIMELINE_SLOTS;
const READINGS_MOST = 256;
/** Link readings that cost next to nothing; beyond them at most one for every sixteen events. */
const FREE_LOOKS = 2 ** 17;

export class LinkHistory {
  private cellNs = 1;
  private readonly capacity: number;
  private readonly times: number[] = [0];
  private readonly rows: Float64Array[];
  private readings = 0;

  constructor(private readonly linkCount: number) {
    const fitting = Math.floor(ROOM / linkCount);
    this.capacity = Math.max(READINGS_LEAST, Math.min(READINGS_MOST, fitting));
    this.rows = [new Float64Array(linkCount)];
  }

  /**
   * Reads the busy time of every link at `timeNs`, after so many events; `read` gives an array to keep. Returns when
   * the next reading is due.
   */
  sample(timeNs: number, events: number, read: () => Float64Array): number {
    const lacking = 16 * (this.readings * this.linkCount - FREE_LOOKS) - events;
    // Half-way to when there will have been events enough, if they go on coming as they have.
    if (lacking > 0) return this.nextCell(timeNs + (timeNs / events) * (lacking / 2));
    if (timeNs > this.times[this.times.length - 1]) {
      this.readings++;
      this.times.push(timeNs);
      this.rows.push(read());
      while (this.rows.length > this.capacity) this.thin();
    }
    return this.nextCell(timeNs);
  }

  /** When the cell after the one of that time begins. */
  private nextCell(timeNs: number): number {
    return (Math.floor(timeNs / this.cellNs) + 1) * this.cellNs;
  }

  /**
   * Utilisation of every link in each of TIMELINE_SLOTS equal slots of [0, endNs], row-major [link][slot], as a
   * fraction of the slot. Exact at the readings, linear between them. `busyNs` is the state at the end.
   */
  timeline(endNs: number, busyNs: Float64Array): Float32Array {
    const shares = new Float32Array(this.linkCount * TIMELINE_SLOTS);
    if (endNs <= 0) return shares;
    const times = [...this.times, endNs];
    const rows = [...this.rows, busyNs];
    const slotNs = endNs / TIMELINE_SLOTS;
    let before = rows[0].slice();
    let after = new Float64Array(this.linkCount);
    for (let slot = 0; slot < TIMELINE_SLOTS; slot++) {
      readAt(slotNs * (slot + 1), times, rows, after);
      for (let link = 0; link < this.linkCount; link++) {
        const share = (after[link] - before[link]) / slotNs;
        shares[link * TIMELINE_SLOTS + slot] = Math.min(1, Math.max(0, share));
      }
      [before, after] = [after, before];
    }
    return shares;
  }

  /** Doubles the cells, and keeps the first and last reading of each. */
  private thin(): void {
    this.cellNs *= 2;
    const { times, rows, cellNs } = this;
    const cells = times.map((timeNs) => Math.floor(timeNs / cellNs));
    let kept = 0;
    for (let index = 0; index < times.length; index++) {
      if (cells[index] === cells[index - 1] && cells[index] === cells[index + 1]) continue;
      times[kept] = times[index];
      rows[kept++] = rows[index];
    }
    times.length = kept;
    rows.length = kept;
  }
}

/** Writes the busy times at `timeNs`, interpolated between the readings around it. */
function readAt(
  timeNs: number,
  times: readonly number[],
  rows: readonly Float64Array[],
  into: Float64Array,
): void {
  let above = 1;
  while (above < times.length - 1 && times[above] < timeNs) above++;
  const span = times[above] - times[above - 1];
  const part = span > 0 ? Math.min(1, (timeNs - times[above - 1]) / span) : 1;
  const [low, high] = [rows[above - 1], rows[above]];
  for (let link = 0; link < into.length; link++)
    into[link] = low[link] + (high[link] - low[link]) * part;
}
