/** Members say now and then which view they are in, so that one that was left behind unheard finds out. */
import type { NodeId, World } from '../../engine/world.ts';
import type { MembershipSettings } from './host.ts';
import type { View } from './view.ts';

export const HELLO_ALARM = 'membership/hello';

/** Silences of the detector between two calls of a member. */
const HELLO_SILENCES = 64;

export class Hello {
  private readonly world: World;
  private readonly everyNs: number;

  constructor(world: World, { heartbeatNs, misses }: MembershipSettings) {
    this.world = world;
    this.everyNs = HELLO_SILENCES * heartbeatNs * misses;
  }

  later(): void {
    this.world.wake(HELLO_ALARM, this.everyNs);
  }

  rest(): void {
    this.world.cancel(HELLO_ALARM);
  }

  /** Whose turn it is to be called; undefined in a view of one. */
  next({ members }: View): NodeId | undefined {
    const others = members.filter((node) => node !== this.world.self);
    return others[Math.floor(this.world.now() / this.everyNs) % others.length];
  }
}
