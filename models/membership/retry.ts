/**
 * When to try again: one policy for all who wait. The first time after a round and what writing takes, then twice as long
 * each time up to a limit, and nodes of different numbers after different times, so that no duel of initiators lasts.
 */
import type { World } from '../../engine/world.ts';
import type { MembershipSettings } from './host.ts';
import type { VoteRecord } from './record.ts';

export const RETRY_ALARM = 'membership/retry';

/** Writes that follow each other in a change of view: those of the promises, and those of the view. */
const WRITES = 2;

/** Ways that follow each other: of a suspicion that is told, PREPARE, PROMISE and INSTALL. */
const WAYS = 4;

/** The detector's silence, or the ways of a change of view where those are longer, as on a ring of a thousand. */
export function roundNs({ heartbeatNs, misses, farthestNs = 0 }: MembershipSettings): number {
  return Math.max(heartbeatNs * misses, WAYS * farthestNs);
}

/** The round is doubled so often at most, and so often where nothing is done but to wait and to remind others. */
const DOUBLINGS = 6;
const WAITING_DOUBLINGS = 20;

export class Retry {
  /** How often in a row it was in vain. */
  attempt = 0;
  private readonly world: World;
  private readonly settings: MembershipSettings;
  private readonly record: VoteRecord;
  private isArmed = false;

  constructor(world: World, settings: MembershipSettings, record: VoteRecord) {
    this.world = world;
    this.settings = settings;
    this.record = record;
  }

  /** Begins the wait anew; `isWaiting`: nothing will be done then but to remind others. */
  arm(isWaiting = false): void {
    const stagger = 1 + this.world.self / this.settings.nodeCount;
    const doubled = 2 ** Math.min(this.attempt, isWaiting ? WAITING_DOUBLINGS : DOUBLINGS);
    const waitNs = roundNs(this.settings) * doubled + WRITES * this.record.longestNs;
    this.after(Math.ceil(waitNs * stagger));
  }

  after(delayNs: number): void {
    this.isArmed = true;
    this.world.wake(RETRY_ALARM, delayNs);
  }

  /** Waits, if it does not yet. */
  await(isWaiting = false): void {
    if (!this.isArmed) this.arm(isWaiting);
  }

  cancel(): void {
    this.isArmed = false;
    this.world.cancel(RETRY_ALARM);
  }

  fallDue(): void {
    this.isArmed = false;
    this.attempt++;
  }

  reset(): void {
    this.attempt = 0;
  }
}
