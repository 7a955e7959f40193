/**
 * What each node did since the last view. The state at an instant says little of a node whose jobs last microseconds;
 * its share of the time between two views does. It only reads the accounts.
 */
import { NODE_STATES } from '../../engine/node-states.ts';
import type { TimeAccounts } from './glimpse.ts';

const STATES = NODE_STATES.length;
const WHOLE = 255;

export class RecentShares {
  /** For node n and state code s the share at `5 n + s`, in 255ths; may lie in shared memory. */
  readonly shares: Uint8Array;
  /** The accounts at the last view. */
  private readonly before: Float64Array;
  private readonly times = new Float64Array(STATES);

  /** @param shares five bytes a node */
  constructor(shares: Uint8Array) {
    this.shares = shares;
    this.before = new Float64Array(shares.length);
    this.clear();
  }

  /** A new run begins: until its first view all nodes are idle. */
  clear(): void {
    this.before.fill(0);
    this.shares.fill(0);
    for (let at = NODE_STATES.indexOf('idle'); at < this.shares.length; at += STATES)
      this.shares[at] = WHOLE;
  }

  /** Reads the accounts. A node whose time has not advanced keeps its shares. */
  update(accounts: TimeAccounts): void {
    for (let first = 0; first < this.shares.length; first += STATES) {
      accounts.readTimes(first / STATES, this.times);
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
      // At least 1 for any time: a node that worked for a thousandth of the time must not look idle.
      const least = grownNs > 0 ? 1 : 0;
      shares[first + state] = Math.max(least, Math.round((WHOLE * grownNs) / length));
    }
  }
}

/** Wasted work moves from busy to redo: a share is never below 0. */
function grown(nowNs: number, beforeNs: number): number {
  return Math.max(0, nowNs - beforeNs);
}
