/**
 * What each node did since the last picture. A state at an instant says little of a node whose jobs last
 * microseconds; its share of the time between two pictures does. Reads the books, never changes them.
 */
import type { NodeAccount } from '../../engine/result.ts';
import { NODE_STATES } from '../../engine/node-states.ts';

const STATES = NODE_STATES.length;
const WHOLE = 255;

type Times = Pick<NodeAccount, 'busyNs' | 'redoNs' | 'commNs' | 'idleNs' | 'downNs'>;

export class RecentShares {
  /** For node n and state code s the share at `5 n + s`, in 255ths; may lie in shared memory. */
  readonly shares: Uint8Array;
  /** The books as they stood at the last picture. */
  private readonly before: Float64Array;

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
  update(accounts: readonly Times[]): void {
    for (const [node, account] of accounts.entries()) this.updateNode(STATES * node, account);
  }

  private updateNode(first: number, account: Times): void {
    const times = NODE_STATES.map((state) => account[`${state}Ns`]);
    const grown = times.map((time, state) => time - this.before[first + state]);
    // Work that turns out to be for nothing moves from busy to redo: a share is never below none.
    const length = grown.reduce((sum, time) => sum + Math.max(0, time), 0);
    if (length <= 0) return;
    for (let state = 0; state < STATES; state++) {
      this.before[first + state] = times[state];
      // However little of it there was: a node that worked for a thousandth of the time must not look idle.
      const least = grown[state] > 0 ? 1 : 0;
      this.shares[first + state] = Math.max(least, Math.round((WHOLE * grown[state]) / length));
    }
  }
}
