/** Members say now and then which view they are in, so that one that was left behind unheard finds out. */
import type { ViewChange } from '../change.ts';
import { roundNs } from '../retry.ts';

export const HELLO_ALARM = 'membership/hello';

/** Rounds between two calls of a member, and how many times as many each time while nothing is committed. */
const HELLO_ROUNDS = 64;
const GROWTH = 4;
const MOST_STRETCH = 2 ** 20;

export class Hello {
  private readonly membership: ViewChange<unknown, unknown>;
  private readonly everyNs: number;
  private stretch = 1;
  private calls = 0;

  constructor(membership: ViewChange<unknown, unknown>) {
    this.membership = membership;
    this.everyNs = HELLO_ROUNDS * roundNs(membership.settings);
  }

  later(): void {
    this.membership.world.wake(HELLO_ALARM, this.everyNs * this.stretch);
    this.stretch = Math.min(GROWTH * this.stretch, MOST_STRETCH);
  }

  /** The work goes on. */
  committed(): void {
    this.stretch = 1;
  }

  rest(): void {
    this.membership.world.cancel(HELLO_ALARM);
  }

  /** Calls the member whose turn it is. */
  call(): void {
    const { world, view } = this.membership;
    const { epoch, members } = view!;
    const turn = (world.self + this.calls++) % Math.max(1, members.length - 1);
    const to = members[turn < members.indexOf(world.self) ? turn : turn + 1];
    const said = { kind: 'HELLO', epoch, isDeaf: false, isReminder: true } as const;
    if (to !== undefined) this.membership.outbox.say(to, said);
    this.later();
  }
}
