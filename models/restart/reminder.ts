/**
 * Says a word again until it is heard, ever more seldom: it is lost where its receiver has lost its memory since, and where
 * a late frame of a former life has made its sender take that life for the one to speak to.
 */
import type { DetectorSpec } from '../../engine/faults/fault-rule.ts';
import type { World } from '../../engine/world.ts';

const ALARM = 'restart/reminder';

/** The longest wait is so many doublings of the detector's silence. */
const DOUBLINGS = 6;

export class Reminder {
  private readonly world: World;
  private readonly silenceNs: number;
  private readonly remind: () => boolean;
  private times = 0;

  /** `remind` says the word again; false if it has been heard. */
  constructor(world: World, { heartbeatNs, misses }: DetectorSpec, remind: () => boolean) {
    this.world = world;
    this.silenceNs = heartbeatNs * misses;
    this.remind = remind;
  }

  /** The word has been said for the first time. */
  begin(): void {
    this.times = 0;
    this.wait();
  }

  woken(): void {
    if (!this.remind()) return;
    this.times++;
    this.wait();
  }

  private wait(): void {
    this.world.wake(ALARM, Math.ceil(this.silenceNs * 2 ** Math.min(this.times, DOUBLINGS)));
  }
}
