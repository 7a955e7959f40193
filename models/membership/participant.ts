/**
 * A node whose part in the work follows from the view in use: what comes for the view to come waits until that is installed,
 * what is of older ones is not taken. What the work is its protocol says.
 */
import type { Job, Message, Node, NodeId, World } from '../../engine/world.ts';
import { NOTES, type HaltedNote, type RepairNote } from '../spec/notes.ts';
import type { Assembly, Decision, MembershipHost, MembershipSettings } from './host.ts';
import { Membership } from './membership.ts';
import type { View } from './view.ts';

/** What is said in a view. */
export interface ViewMessage extends Message {
  readonly epoch: number;
}

export abstract class Participant<Inventory, Plan, Said extends ViewMessage>
  implements Node, MembershipHost<Inventory, Plan>
{
  readonly firstPlan?: Plan;
  protected readonly world: World;
  protected readonly membership: Membership<Inventory, Plan>;
  /** The view in use; null: none is. */
  protected view: View | null = null;
  /** What was said in a view that is not in use here yet. */
  private early: { readonly said: Said; readonly from: NodeId }[] = [];
  /** The run begins, and no view has been agreed on yet. */
  private isAtFirst: boolean;

  constructor(world: World, settings: MembershipSettings) {
    this.world = world;
    this.isAtFirst = world.incarnation === 0;
    this.membership = new Membership<Inventory, Plan>(world, this, settings);
  }

  abstract readonly phase: string;
  abstract computed(job: Job): void;
  abstract waitsFor(): string;
  abstract inventory(): Inventory;
  abstract inventoryBytes(inventory: Inventory): number;
  abstract decide(assembly: Assembly<Inventory>): Decision<Plan>;
  abstract planBytes(plan: Plan): number;
  abstract watched(view: View, node: NodeId): readonly NodeId[];
  abstract drop(): void;
  abstract ended(epoch: number): void;
  /** A new view is in use. */
  protected abstract begin(view: View, plan: Plan): void;
  /** Takes what is said in it. */
  protected abstract take(said: Said, from: NodeId): void;
  /** It is not in use any more. */
  protected abstract stop(): void;

  get finished(): boolean {
    return this.membership.phase === 'finished';
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    if (this.membership.receive(message, from) || this.finished) return;
    const said = message as Said;
    if (!this.membership.admits(said.epoch, from)) return;
    if (this.view === null) this.early.push({ said, from });
    else this.take(said, from);
  }

  woken(alarm: string): void {
    this.membership.woken(alarm);
  }

  suspected(peer: NodeId): void {
    if (this.finished) return;
    if (!this.membership.watches.silent.has(peer)) this.world.note(NOTES.suspected, { peer });
    this.membership.suspected(peer);
  }

  persisted(): void {
    this.membership.persisted();
  }

  freeze(): void {
    this.view = null;
    this.early = [];
    this.stop();
  }

  install(view: View, plan: Plan): void {
    this.view = view;
    this.isAtFirst = false;
    this.begin(view, plan);
    for (const { said, from } of this.early.splice(0))
      if (said.epoch === this.view?.epoch) this.take(said, from);
  }

  halted(reason: string): void {
    this.world.note(NOTES.halted, { reason } satisfies HaltedNote);
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    if (this.isAtFirst && gone.length === 0) return;
    this.world.note(NOTES.repair, { epoch, gone } satisfies RepairNote);
  }
}
