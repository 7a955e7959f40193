/**
 * When to try again: one policy for all who wait. The first time after the detector's silence, then twice as long each time
 * up to a limit, and nodes of different numbers after different times, so that no duel of initiators lasts.
 */
import type { World } from '../../engine/world.ts';
import type { MembershipSettings } from './host.ts';

export const RETRY_ALARM = 'membership/retry';

/** The longest time is so many doublings of the silence. */
const DOUBLINGS = 6;

export class Retry {
  /** How often in a row it was in vain. */
  attempt = 0;
  private readonly world: World;
  private readonly settings: MembershipSettings;
  private isArmed = false;

  constructor(world: World, settings: MembershipSettings) {
    this.world = world;
    this.settings = settings;
  }

  /** Begins the wait anew: so many times the usual one. */
  arm(times = 1): void {
    const { heartbeatNs, misses, nodeCount } = this.settings;
    const stagger = 1 + this.world.self / nodeCount;
    const doubled = 2 ** Math.min(this.attempt, DOUBLINGS);
    this.after(Math.ceil(heartbeatNs * misses * stagger * doubled * times));
  }

  after(delayNs: number): void {
    this.isArmed = true;
    this.world.wake(RETRY_ALARM, delayNs);
  }

  /** Waits, if it does not yet. */
  await(): void {
    if (!this.isArmed) this.arm();
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
