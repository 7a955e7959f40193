/**
 * The chain of a shard in one view (van Renesse and Schneider, OSDI 2004; PROTOCOLS D): its primary sends each update down
 * the chain, each standby passes it on, and the tail tells the primary that it has it.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { ShardPlan } from '../plan.ts';
import { SMALL_BYTES, type Append, type ServerMessage } from '../messages.ts';
import { copyUpdate, sizeOf, type Update } from '../shard/shard-state.ts';

export class Chain {
  /** Gradients in the updates that the tail has. */
  acked: number;
  private readonly world: World<ServerMessage>;
  private readonly epoch: number;
  readonly primary: NodeId;
  readonly leads: boolean;
  /** Who comes after this server; none after the tail. */
  private readonly next: NodeId | undefined;
  private readonly updateBytes: number;

  /** All who are in place have `updates` updates. */
  constructor(
    world: World<ServerMessage>,
    epoch: number,
    { chain: servers, updates }: ShardPlan,
    updateBytes: number,
  ) {
    this.world = world;
    this.epoch = epoch;
    this.primary = servers[0];
    this.leads = this.primary === world.self;
    this.next = servers[servers.indexOf(world.self) + 1];
    this.acked = updates;
    this.updateBytes = updateBytes;
  }

  /** Passes an update on; the tail says that it has it. Its gradient stays the caller's. */
  pass(update: Update, committed: number): void {
    const { epoch, leads, next } = this;
    if (next !== undefined) {
      const append: Append = { kind: 'append', epoch, update: copyUpdate(update), committed };
      this.world.send(next, append, SMALL_BYTES + this.updateBytes);
    } else if (leads) this.acked = update.number + sizeOf(update);
    else this.tellPrimary({ kind: 'append-ack', epoch, upTo: update.number + sizeOf(update) });
  }

  tellPrimary(message: ServerMessage): void {
    this.world.send(this.primary, message, SMALL_BYTES);
  }
}
