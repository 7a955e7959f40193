/** Members say now and then which view they are in, so that one that was left behind unheard finds out. */
import type { ViewChange } from '../change.ts';

export const HELLO_ALARM = 'membership/hello';

/** Silences of the detector between two calls of a member. */
const HELLO_SILENCES = 64;

export class Hello {
  private readonly membership: ViewChange<unknown, unknown>;
  private readonly everyNs: number;

  constructor(membership: ViewChange<unknown, unknown>) {
    const { heartbeatNs, misses } = membership.settings;
    this.membership = membership;
    this.everyNs = HELLO_SILENCES * heartbeatNs * misses;
  }

  later(): void {
    this.membership.world.wake(HELLO_ALARM, this.everyNs);
  }

  rest(): void {
    this.membership.world.cancel(HELLO_ALARM);
  }

  /** Calls the member whose turn it is. */
  call(): void {
    const { world, view } = this.membership;
    const { epoch, members } = view!;
    const others = members.filter((node) => node !== world.self);
    const turn = Math.floor(world.now() / this.everyNs);
    if (others.length > 0)
      this.membership.say(others[turn % others.length], { kind: 'HELLO', epoch });
    this.later();
  }
}
