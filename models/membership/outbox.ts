/** What a node says to others to agree on a view, and how it takes back what is on its way and of no use any more. */
import type { NodeId, World } from '../../engine/world.ts';
import type { MembershipHost } from './host.ts';
import { type MembershipMessage, messageBytes } from './messages.ts';
import type { View } from './view.ts';

export class Outbox<Inventory, Plan> {
  /** Whom membership has had to say something since the last promise. */
  readonly spokenTo = new Set<NodeId>();
  private readonly world: World;
  private readonly host: MembershipHost<Inventory, Plan>;
  /** Whom the work may have had to say something since. */
  private members: readonly NodeId[] = [];

  constructor(world: World, host: MembershipHost<Inventory, Plan>) {
    this.world = world;
    this.host = host;
  }

  say(to: NodeId, message: MembershipMessage<Inventory, Plan>): void {
    if (to === this.world.self) return;
    let bytes = messageBytes(message);
    if (message.kind === 'INSTALL') bytes += this.host.planBytes(message.plan, to);
    if (message.kind === 'PROMISE') bytes += this.host.inventoryBytes(message.inventory);
    this.world.send(to, message, bytes);
    this.spokenTo.add(to);
  }

  /** Speaks to the members of that view from here on, as they are in it. */
  enter({ members, incarnations }: View): void {
    const { self, incarnation: own } = this.world;
    this.members = members;
    for (let at = 0; at < members.length; at++)
      // Between two first incarnations there is nothing older to hang up on.
      if (incarnations[at] + own > 0 && members[at] !== self)
        this.world.hangUp(members[at], incarnations[at]);
  }

  /** What is on its way would be waited for on a slow wire. */
  takeBack(): void {
    const { self } = this.world;
    for (const peer of new Set([...this.members, ...this.spokenTo]))
      if (peer !== self) this.world.hangUp(peer);
    this.members = [];
    this.spokenTo.clear();
  }
}
