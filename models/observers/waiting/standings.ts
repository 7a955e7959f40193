/**
 * How far a node, or a message, would be in four worlds that lack ever more of what makes nodes wait: world k lacks the
 * first k + 1 of REMOVABLE. A job or a message comes as early as all that it follows from allows. Beside each world stands
 * what is most to blame for its being ahead, a node or a link. Rows of numbers: there are many.
 */
import { REMOVABLE } from './causes.ts';

const WORLDS = REMOVABLE.length;
const CULPRIT = WORLDS;
const WEIGHT = 2 * WORLDS;
const REPAIR = 3 * WORLDS;
const ROW = 3 * WORLDS + 1;

/** No culprit is known. */
export const NOBODY = -1;

/** The places of worlds, by what they lack beside what those before them lack. */
export const WORLD = { failure: 0, straggler: 1, queueing: 2, link: 3 } as const;

export class Standings {
  readonly count: number;
  private rows: Float64Array;

  constructor(count: number) {
    this.count = count;
    this.rows = new Float64Array(ROW * count);
    for (let at = 0; at < count; at++) this.clear(at, 0);
  }

  /** Makes room for that many. */
  reserve(count: number): void {
    if (ROW * count <= this.rows.length) return;
    const rows = new Float64Array(Math.max(ROW * count, 2 * this.rows.length));
    rows.set(this.rows);
    this.rows = rows;
  }

  /** The time of all worlds is that; nobody is to blame. */
  clear(at: number, timeNs: number): void {
    const { rows } = this;
    rows.fill(timeNs, ROW * at, ROW * at + WORLDS);
    rows.fill(NOBODY, ROW * at + CULPRIT, ROW * at + WEIGHT);
    rows.fill(0, ROW * at + WEIGHT, ROW * (at + 1));
  }

  timeNs(at: number, world: number): number {
    return this.rows[ROW * at + world];
  }

  pass(at: number, world: number, ns: number): void {
    this.rows[ROW * at + world] += ns;
  }

  culprit(at: number, world: number): number {
    return this.rows[ROW * at + CULPRIT + world];
  }

  /** Whether what happens follows from a failure, and not from work. */
  isRepair(at: number): boolean {
    return this.rows[ROW * at + REPAIR] === 1;
  }

  setRepair(at: number, isRepair: boolean): void {
    this.rows[ROW * at + REPAIR] = isRepair ? 1 : 0;
  }

  /** Lays so many nanoseconds to somebody's charge. Who has most of the charges stays (Boyer and Moore's majority). */
  charge(at: number, world: number, who: number, ns: number): void {
    if (!(ns > 0)) return;
    const { rows } = this;
    const culprit = ROW * at + CULPRIT + world;
    const weight = ROW * at + WEIGHT + world;
    if (rows[culprit] === who) rows[weight] += ns;
    else if (ns > rows[weight]) {
      rows[culprit] = who;
      rows[weight] = ns - rows[weight];
    } else rows[weight] -= ns;
  }

  copy(from: Standings, row: number, at: number): void {
    const { rows } = this;
    for (let part = 0; part < ROW; part++) rows[ROW * at + part] = from.rows[ROW * row + part];
  }

  /** What comes after both is as far as the later one in each world, and owes that to the other. */
  follow(at: number, other: Standings, row: number): void {
    const { rows } = this;
    const [to, from] = [ROW * at, ROW * row];
    const isLater = other.rows[from] >= rows[to];
    for (let world = 0; world < WORLDS; world++)
      rows[to + world] = Math.max(rows[to + world], other.rows[from + world]);
    if (!isLater) return;
    for (let rest = WORLDS; rest < REPAIR; rest++) rows[to + rest] = other.rows[from + rest];
  }
}
