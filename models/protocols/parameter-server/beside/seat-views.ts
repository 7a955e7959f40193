/** One membership for all seats of a node: it counts the node, and what it asks and says it asks and says each of them. */
import type { DetectorSpec } from '../../../../engine/faults/fault-rule.ts';
import type { NodeId, World } from '../../../../engine/world.ts';
import type { ViewService } from '../../../membership/fixed-view.ts';
import type { Assembly, Decision, MembershipHost } from '../../../membership/host.ts';
import { Membership } from '../../../membership/membership.ts';
import type { View } from '../../../membership/view.ts';
import type { Member } from '../member.ts';
import type { Inventory, ServerPlan } from '../plan.ts';
import type { Seating } from './seating.ts';

type Inventories = readonly Inventory[];

export class SeatViews implements MembershipHost<Inventories, ServerPlan> {
  readonly membership: Membership<Inventories, ServerPlan>;
  private readonly members: Member[] = [];
  private readonly seating: Seating;
  /** Those that have nothing left to do in the view in use. */
  private readonly done = new Set<Member>();

  constructor(world: World, detector: DetectorSpec, seating: Seating) {
    this.seating = seating;
    const nodeCount = seating.byNode.length;
    this.membership = new Membership(world, this, { nodeCount, ...detector });
  }

  /** What one more member, in the next seat of the node, has for its membership. */
  open(member: Member): ViewService<Inventory, ServerPlan> {
    this.members.push(member);
    return new SeatService(this, member, this.seating);
  }

  isDone(member: Member): void {
    this.done.add(member);
    if (this.done.size === this.members.length) this.membership.workDone();
  }

  get cores(): readonly (readonly NodeId[])[] {
    return this.first.cores.map((seats) => this.seating.layout.nodesOf(seats));
  }

  freeze(): void {
    for (const member of this.members) member.freeze();
  }

  inventory(): Inventories {
    return this.members.map((member) => member.inventory());
  }

  decide(assembly: Assembly<Inventories>): Decision<ServerPlan> {
    const decision = this.first.decide(this.seating.assembly(assembly));
    if (decision.kind !== 'halt') return decision;
    return { ...decision, missing: this.seating.layout.nodesOf(decision.missing) };
  }

  install(view: View, plan: ServerPlan): void {
    this.done.clear();
    const ofSeats = this.seating.ofSeats(view);
    for (const member of this.members) {
      member.install(ofSeats, plan);
      // One of them may have begun to leave the view at once.
      if (this.membership.phase !== 'training') return;
    }
  }

  watched(view: View, node: NodeId): readonly NodeId[] {
    const { seating, first } = this;
    const ofSeats = seating.ofSeats(view);
    const seats = seating.byNode[node].flatMap((seat) => first.watched(ofSeats, seat));
    return seating.layout.nodesOf(seats).filter((peer) => peer !== node);
  }

  /** A node that serves beside is missed by more than those who would spare the worker there. */
  spares(peer: NodeId): boolean {
    const { seating, members, membership } = this;
    const [worker, ...servers] = seating.byNode[peer];
    if (servers.length > 0) return false;
    const view = seating.ofSeats(membership.view!);
    return members.every(
      (member) =>
        !member.watched(view, member.world.self).includes(worker) || member.spares(worker),
    );
  }

  coordinator(members: readonly NodeId[]): NodeId {
    const { seating, first } = this;
    return seating.layout.nodeOf(first.coordinator(seating.seatsOf(members)));
  }

  planBytes(plan: ServerPlan): number {
    return this.first.planBytes(plan);
  }

  inventoryBytes(inventories: Inventories): number {
    return inventories.length * this.first.inventoryBytes();
  }

  drop(): void {
    for (const member of this.members) member.drop();
  }

  halted(reason: string): void {
    this.first.halted(reason);
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    this.first.repairing(epoch, gone);
  }

  ended(): void {
    for (const member of this.members) member.ended();
  }

  /** All know the same of what is asked of one of them alone. */
  private get first(): Member {
    return this.members[0];
  }
}

/** What a member asks of the membership that it shares; what the world says to that it is not told. */
class SeatService implements ViewService<Inventory, ServerPlan> {
  private readonly views: SeatViews;
  private readonly member: Member;
  private readonly seating: Seating;

  constructor(views: SeatViews, member: Member, seating: Seating) {
    this.views = views;
    this.member = member;
    this.seating = seating;
  }

  get phase(): ViewService<Inventory, ServerPlan>['phase'] {
    return this.views.membership.phase;
  }

  get view(): View | null {
    return this.views.membership.view;
  }

  /** From a seat of its own node it may be of a view that is over: then it waited for a job. */
  admits(epoch: number, from: NodeId): boolean {
    const { membership } = this.views;
    const node = this.seating.layout.nodeOf(from);
    if (node === membership.world.self) return epoch >= (this.view?.epoch ?? 0);
    return membership.admits(epoch, node);
  }

  decided(epoch: number, decision: Decision<ServerPlan>): void {
    this.views.membership.decided(epoch, decision);
  }

  committed(): void {
    this.views.membership.committed();
  }

  initiate(): void {
    this.views.membership.initiate();
  }

  workDone(): void {
    this.views.isDone(this.member);
  }

  admitting(): boolean {
    return this.views.membership.admitting();
  }

  waitsFor(): string {
    return this.views.membership.waitsFor();
  }

  start(): void {}

  suspected(): void {}

  persisted(): void {}

  receive(): boolean {
    return false;
  }

  woken(): boolean {
    return false;
  }
}
