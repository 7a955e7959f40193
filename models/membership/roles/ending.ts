/**
 * How a run ends (PROTOCOLS C): who has nothing left to do in a view tells its coordinator, which tells all once all
 * have said
 * so. Nothing can be lost then any more. A node that has finished answers whatever it is told with that.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { ViewChange } from '../change.ts';
import type { Admission } from './admission.ts';

export class Ending {
  /** Who has nothing left to do in the view of that epoch. */
  private done = new Set<NodeId>();
  private epoch = -1;
  private readonly membership: ViewChange<unknown, unknown>;

  private readonly admission: Admission;

  constructor(membership: ViewChange<unknown, unknown>, admission: Admission) {
    this.membership = membership;
    this.admission = admission;
  }

  /** This node has nothing left to do in its view. */
  workDone(): void {
    const { epoch, members } = this.membership.view!;
    const { self } = this.membership.world;
    const coordinator = this.membership.coordinatorOf(members);
    if (coordinator === self) return this.receive(epoch, self);
    this.membership.outbox.say(coordinator, { kind: 'DONE', epoch });
    // Where the two do not hear each other this node would wait for ever.
    this.membership.watches.also(coordinator);
  }

  /** A member may be done before this node has installed the view. */
  receive(epoch: number, from: NodeId): void {
    if (epoch < this.epoch) return;
    if (epoch > this.epoch) this.done = new Set();
    this.epoch = epoch;
    this.done.add(from);
    this.settled();
  }

  /** Ends the run if all is done in the view that is installed. */
  settled(): void {
    const { view, phase, world } = this.membership;
    if (phase !== 'training' || view!.epoch !== this.epoch) return;
    const { members } = view!;
    if (this.done.size < members.length) return;
    if (this.membership.coordinatorOf(members) !== world.self) return;
    if (members.every((member) => this.done.has(member))) this.finish(members, this.epoch);
  }

  /** The run is over: these are told, and whoever waits for this node. */
  finish(fellows: readonly NodeId[], epoch: number): void {
    const { membership } = this;
    const { phase, view, outbox, record } = membership;
    // The members of a view in use are told by its coordinator, and who misses that asks: others may not be able to.
    const told = phase === 'training' ? view!.members : [];
    const asked = [...outbox.spokenTo].filter((node) => !told.includes(node));
    membership.rest();
    membership.phase = 'finished';
    if (record.endedIn === null) {
      record.endedIn = epoch;
      record.write();
    }
    for (const node of new Set([...fellows, ...asked, ...this.admission.callers.keys()]))
      this.answer(node);
    membership.host.ended(epoch);
  }

  answer(node: NodeId): void {
    const { world, record } = this.membership;
    if (node !== world.self)
      this.membership.outbox.say(node, { kind: 'FINISH', epoch: record.endedIn! });
  }
}
