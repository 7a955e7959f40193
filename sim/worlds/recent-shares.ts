/**
 * What each node did since the last picture. A state at an instant says little of a node whose jobs last
 * microseconds; its share of the time between two pictures does. Reads the books, never changes them.
 */
import { NODE_STATES } from '../../engine/node-states.ts';
import type { TimeAccounts } from './glimpse.ts';

const STATES = NODE_STATES.length;
const WHOLE = 255;

export class RecentShares {
  /** For node n and state code s the share at `5 n + s`, in 255ths; may lie in shared memory. */
  readonly shares: Uint8Array;
  /** The books as they stood at the last picture. */
  private readonly before: Float64Array;
  private readonly times = new Float64Array(STATES);

  /** @param shares five bytes a node */
  constructor(shares: Uint8Array) {
    this.shares = shares;
    this.before = new Float64Array(shares.length);
    this.clear();
  }

  /** A new run begins: until its first picture everybody is idle. */
  clear(): void {
    this.before.fill(0);
    this.shares.fill(0);
    for (let at = NODE_STATES.indexOf('idle'); at < this.shares.length; at += STATES)
      this.shares[at] = WHOLE;
  }

  /** Takes in the books as they stand now; a node whose time has not gone on keeps its shares. */
  update(books: TimeAccounts): void {
    for (let first = 0; first < this.shares.length; first += STATES) {
      books.readTimes(first / STATES, this.times);
      this.updateNode(first);
    }
  }

  private updateNode(first: number): void {
    const { times, before, shares } = this;
    let length = 0;
    for (let state = 0; state < STATES; state++)
      length += grown(times[state], before[first + state]);
    if (length <= 0) return;
    for (let state = 0; state < STATES; state++) {
      const grownNs = grown(times[state], before[first + state]);
      before[first + state] = times[state];
      // However little of it there was: a node that worked for a thousandth of the time must not look idle.
      const least = grownNs > 0 ? 1 : 0;
      shares[first + state] = Math.max(least, Math.round((WHOLE * grownNs) / length));
    }
  }
}

/** Work that turns out to be for nothing moves from busy to redo: a share is never below none. */
function grown(nowNs: number, beforeNs: number): number {
  return Math.max(0, nowNs - beforeNs);
}
