/**
 * A message to all other nodes, sent again by and by until somebody has seen to it: ever more rarely, never given up,
 * and said to be in vain after a time.
 */
import type { Message, World } from '../../../engine/world.ts';
import { type HaltedNote, NOTES } from '../../spec/notes.ts';
import { SMALL_BYTES } from './resilient-messages.ts';
import { othersThan, type ResilientSettings } from './resilient-settings.ts';

export const RETRY_ALARM = 'appeal';

/** How far the time between two appeals grows, in times of the first. */
const MOST = 64;

/** After so many appeals that nobody has seen to, it is time to say that nothing goes on. */
const VAIN = 4;

export class Retry {
  /** How often it was made. */
  times = 0;

  constructor(
    private readonly world: World,
    private readonly settings: Pick<ResilientSettings, 'nodes' | 'silenceNs'>,
  ) {}

  /** Sends the message to all, and sets the alarm for the next time. `reason` is why nothing goes on until then. */
  make(message: Message, reason: string): void {
    const { world, settings } = this;
    if (this.times === VAIN) world.note(NOTES.halted, { reason } satisfies HaltedNote);
    for (const node of othersThan(world.self, settings.nodes))
      world.send(node, { ...message, isReminder: true }, SMALL_BYTES);
    world.wake(RETRY_ALARM, 2 * Math.min(MOST, 2 ** this.times) * settings.silenceNs);
    this.times++;
  }

  /** Somebody has seen to it; the next appeal begins anew. */
  end(): void {
    this.times = 0;
    this.world.cancel(RETRY_ALARM);
  }
}
