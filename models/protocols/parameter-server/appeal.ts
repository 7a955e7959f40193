/** A message to all other nodes, sent again by and by until somebody has seen to it: ever more rarely, never given up. */
import type { Message, World } from '../../../engine/world.ts';
import { SMALL_BYTES } from './resilient-messages.ts';
import { othersThan, type ResilientSettings } from './resilient-settings.ts';

export const APPEAL_ALARM = 'appeal';

/** How far the time between two appeals grows, in times of the first. */
const MOST = 64;

export class Appeal {
  /** How often it was made. */
  times = 0;

  constructor(
    private readonly world: World,
    private readonly settings: Pick<ResilientSettings, 'nodes' | 'silenceNs'>,
  ) {}

  /** Sends the message to all, and sets the alarm for the next time. */
  make(message: Message): void {
    const { world, settings } = this;
    for (const node of othersThan(world.self, settings.nodes))
      world.send(node, message, SMALL_BYTES);
    world.wake(APPEAL_ALARM, 2 * Math.min(MOST, 2 ** this.times) * settings.silenceNs);
    this.times++;
  }

  /** Somebody has seen to it; the next appeal begins anew. */
  end(): void {
    this.times = 0;
    this.world.cancel(APPEAL_ALARM);
  }
}
