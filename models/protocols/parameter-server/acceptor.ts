/**
 * A node's part in agreeing on epochs (PROTOCOLS C; the acceptor of Lamport's Paxos, with a view for a value): what it
 * has promised and accepted in this life. It never goes back below a promise.
 */
import type { NodeId } from '../../../engine/world.ts';
import { firstEpochOf } from '../../membership/epoch.ts';
import type { NodeReport, Prepare } from './resilient-messages.ts';
import type { ServerView } from './view.ts';

export class Acceptor {
  /** The highest epoch it has promised to follow: in a new life above all that it may have forgotten. */
  promised: number;
  /** Whom it has promised that, and in which life of theirs: one who comes back may ask for the same epoch again. */
  private promisee: NodeId = -1;
  private promiseeLife = -1;
  /** The newest view it has accepted or, while it takes part in none, heard of. */
  view: ServerView | null;
  /** The newest view known to be in force. */
  settled: ServerView | null;
  /** The epoch of the last view it has accepted; -1: none. */
  private entered: number;

  /** Takes part in `view` from the start; with null it knows nothing, as after a crash. */
  constructor(
    private readonly life: number,
    view: ServerView | null,
  ) {
    this.promised = firstEpochOf(life);
    this.view = view;
    this.settled = view;
    this.entered = view?.epoch ?? -1;
  }

  /** Whether this life takes part in the newest view it knows: one that it is to enter it may hear of from others. */
  get takesPart(): boolean {
    return this.view?.epoch === this.entered;
  }

  /**
   * Judges who asks to be followed: promises; refuses, having promised higher; or knows that the world has gone on
   * without whoever asks.
   */
  judge({ epoch, base, life }: Prepare, from: NodeId): 'promised' | 'refused' | 'stale' {
    if (this.view !== null && base < this.view.epoch && !this.view.chain.includes(from))
      return 'stale';
    const again = epoch === this.promised && from === this.promisee && life === this.promiseeLife;
    if (epoch <= this.promised && !again) return 'refused';
    this.promised = epoch;
    this.promisee = from;
    this.promiseeLife = life;
    return 'promised';
  }

  /** Accepts a view, unless it has promised higher. */
  accept(view: ServerView): boolean {
    if (view.epoch < this.promised) return false;
    this.promised = view.epoch;
    this.view = view;
    this.entered = view.epoch;
    return true;
  }

  /** The view of that epoch is in force. */
  settle(epoch: number): void {
    if (this.view?.epoch === epoch) this.settled = this.view;
  }

  /** What the node tells of itself: `received` updates as a standby, weights of `version` as a worker; -1 for neither. */
  report(received: number, version: number): NodeReport {
    const { life, promised, takesPart, view, settled } = this;
    return { life, promised, joining: !takesPart, view, settled, received, version };
  }

  /** Hears of views, without being asked to accept them. */
  learn(view: ServerView | null, settled: ServerView | null): void {
    if (view !== null && view.epoch > (this.view?.epoch ?? -1)) this.view = view;
    if (settled !== null && settled.epoch > (this.settled?.epoch ?? -1)) this.settled = settled;
  }
}
