/**
 * The side of a change of view that every node has, its initiator too (see membership.ts): it says what it has promised
 * once that is on the disk, and takes what has been decided.
 */
import { initiatorOf } from '../epoch.ts';
import type { ViewChange } from '../change.ts';
import type { HaltMessage, InstallMessage, PromiseMessage } from '../messages.ts';
import { incarnationIn } from '../view.ts';

export class Follower<Inventory, Plan> {
  /** The view that is being written. */
  next: InstallMessage<Plan> | null = null;
  private readonly membership: ViewChange<Inventory, Plan>;

  constructor(membership: ViewChange<Inventory, Plan>) {
    this.membership = membership;
  }

  /** The promise of this node, with what it can serve. */
  promise(): PromiseMessage<Inventory> {
    const { record, world, watches, view, host } = this.membership;
    return {
      kind: 'PROMISE',
      epoch: record.promised,
      incarnation: world.incarnation,
      views: record.views,
      silent: watches.silences(),
      joining: view === null,
      inventory: host.inventory(),
    };
  }

  /** Says the promise that is on the disk to its initiator. */
  answer(): void {
    const { membership } = this;
    membership.phase = 'promised';
    membership.outbox.say(initiatorOf(membership.record.promised), this.promise());
  }

  /** Has waited long: asks who has begun the newest change of view, unless that is gone. */
  remind(): void {
    const { membership } = this;
    const { watches, record, world } = membership;
    const { leader } = record;
    if (leader === world.self || watches.silent.has(leader)) return membership.initiate();
    watches.only([leader]);
    membership.outbox.say(leader, { kind: 'AWAIT', epoch: record.promised, isReminder: true });
  }

  /** Writes the view that was decided in the epoch promised, if it counts on this incarnation. */
  install(message: InstallMessage<Plan>): void {
    const { membership } = this;
    const { record, world } = membership;
    const { view, known } = message;
    if (membership.phase !== 'promised' || view.epoch !== record.promised) return;
    if (incarnationIn(view, world.self) !== world.incarnation) return;
    membership.phase = 'installing';
    this.next = message;
    membership.retry.cancel();
    record.views = [...known, view];
    record.write();
  }

  /** Waits for those who are missing. All others give the initiator time to ask again. */
  halt(message: HaltMessage): void {
    const { membership } = this;
    const { world, watches, retry, host } = membership;
    membership.phase = 'halted';
    membership.missing = message.missing;
    membership.together = message.together;
    watches.only([]);
    const { againNs } = message;
    const isMine = initiatorOf(message.epoch) === world.self;
    if (againNs === null) retry.arm();
    else retry.after(isMine ? againNs : 2 * againNs);
    host.halted(message.reason);
  }
}
