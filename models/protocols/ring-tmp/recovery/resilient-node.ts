/**
 * A node of RingTMP-sync where nodes and links may fail (PROTOCOLS C): membership decides who is in the ring, the node's
 * state trains in it. This class carries messages between the two and the world, and tells observers. The first view
 * is agreed on like all others: its promises carry what the MEASURE token does elsewhere.
 */
import type { Job, Message, Node, NodeId, World } from '../../../../engine/world.ts';
import { joinRecords } from '../../../costs/node-records.ts';
import type { Assembly, Decision, MembershipHost } from '../../../membership/host.ts';
import { Membership } from '../../../membership/membership.ts';
import type { View } from '../../../membership/view.ts';
import type { Courier } from '../../../pipeline/courier.ts';
import { CHECKPOINT_INDEX } from '../../../replication/checkpoints.ts';
import {
  NOTES,
  type HaltedNote,
  type RecoveredNote,
  type RepairNote,
  type WastedNote,
} from '../../../spec/notes.ts';
import type { RingMessage, TrainingMessage } from '../messages.ts';
import { neighbours } from '../neighbours.ts';
import {
  inventoryBytes,
  planBytes,
  type NodeReport,
  type RecoveryPlan,
  type RingView,
} from '../ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { NodeState } from './node-state.ts';
import { RecoveryPlanner } from './recovery-planner.ts';
import { transferPartners } from './transfer-partners.ts';
import { ViewHistory } from './view-history.ts';

export class ResilientNode implements Node, MembershipHost<NodeReport, RecoveryPlan> {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly membership: Membership<NodeReport, RecoveryPlan>;
  private readonly state: NodeState;
  private readonly viewHistory: ViewHistory;
  private readonly planner: RecoveryPlanner;
  private installed: { readonly view: View; readonly plan: RecoveryPlan } | null = null;
  /** Whether the view may still come to nothing itself. */
  private unproven = true;

  constructor(world: World, work: RingWork) {
    const { nodeCount, assignment } = work;
    this.world = world;
    this.work = work;
    this.membership = new Membership(world, this, { nodeCount, ...assignment.detector! });
    this.viewHistory = new ViewHistory(world, work);
    this.planner = new RecoveryPlanner(world, work);
    this.state = new NodeState(world as World<RingMessage>, work, {
      courier: (view) => this.courier(view),
      mayBegin: () => !this.membership.admitting(),
      settled: () => this.settled(),
      updated: (position) => this.updated(position),
      complete: () => this.membership.workDone(),
    });
  }

  get phase(): string {
    const { phase } = this.membership;
    return phase === 'training' ? this.state.phase : phase;
  }

  get finished(): boolean {
    return this.membership.phase === 'finished';
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    if (this.membership.receive(message, from) || this.finished) return;
    const training = message as TrainingMessage;
    if (!this.membership.admits(training.epoch, from)) return;
    this.viewHistory.see(training);
    this.state.receive(training);
  }

  computed(job: Job): void {
    this.state.computed(job);
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

  saved(name: string, isNewest: boolean): void {
    this.state.saved(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    if (name !== CHECKPOINT_INDEX) {
      this.state.loaded(name, value);
      return;
    }
    const answer = this.planner.loaded(value);
    if (answer !== null) this.membership.decided(answer.epoch, answer.decision);
  }

  waitsFor(): string {
    if (this.membership.phase !== 'training') return this.membership.waitsFor();
    return `${this.state.waitsFor()} in epoch ${this.installed!.view.epoch}`;
  }

  // What membership asks and tells.

  freeze(): void {
    this.state.abandon();
  }

  inventory(): NodeReport {
    return this.viewHistory.report(this.state.report());
  }

  inventoryBytes(report: NodeReport): number {
    return inventoryBytes(report);
  }

  decide(assembly: Assembly<NodeReport>): Decision<RecoveryPlan> {
    return this.planner.decide(assembly);
  }

  planBytes(plan: RecoveryPlan): number {
    return planBytes(plan);
  }

  install(view: View, plan: RecoveryPlan): void {
    const { source } = plan;
    const isNew = this.installed === null && this.world.incarnation === 0;
    const isFirst = isNew && view.members.length === this.work.nodeCount;
    this.installed = { view, plan };
    this.unproven = true;
    this.viewHistory.enter(plan);
    this.planner.settled();
    this.writeOff([this.world.self]);
    if (source.epoch !== 0) return this.state.adopt(plan);
    this.state.begin(plan.view, () => joinRecords(plan.records));
    if (!isFirst) this.settled();
  }

  watched({ members, epoch }: View, node: NodeId): readonly NodeId[] {
    const near = neighbours(members, node, this.work.options);
    if (this.installed?.view.epoch !== epoch) return near;
    return [...new Set([...near, ...transferPartners(this.installed.plan, node)])];
  }

  drop(): void {
    this.state.clear();
  }

  ended(epoch: number): void {
    // What it has of a view that others have left is of no use any more.
    if (!this.state.complete) this.state.clear();
    for (let node = 0; node < this.work.nodeCount; node++)
      this.waste({ node, step: 0, before: Infinity, after: epoch });
  }

  halted(reason: string): void {
    this.world.note(NOTES.halted, { reason } satisfies HaltedNote);
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    if (this.installed !== null || gone.length > 0)
      this.world.note(NOTES.repair, { epoch, gone } satisfies RepairNote);
  }

  private courier(view: RingView): Courier<TrainingMessage> {
    return {
      send: (to, message, bytes) => {
        this.viewHistory.see(message);
        this.world.send(view.nodes[to], message, bytes);
      },
    };
  }

  /** An update proves that all members are in the view with all they need, their replicas too. */
  private updated(position: number): void {
    if (position === 0) this.proven();
    this.membership.committed();
  }

  /** The view has proved whole: those who are not in it cannot know that they have worked in vain. */
  private proven(): void {
    if (!this.unproven) return;
    this.unproven = false;
    const { members } = this.installed!.view;
    const all = Array.from({ length: this.work.nodeCount }, (_, node) => node);
    this.writeOff(all.filter((node) => !members.includes(node)));
  }

  private waste(wasted: WastedNote): void {
    this.world.note(NOTES.wasted, wasted);
  }

  /** What these have done in older views, in any incarnation, and views since have done again, has come to nothing. */
  private writeOff(nodes: readonly NodeId[]): void {
    for (const { epoch, version, from } of this.installed!.plan.beginnings)
      for (const node of nodes) {
        this.waste({ node, step: version, before: epoch });
        if (from !== undefined) this.waste({ node, step: 0, before: epoch, after: from });
      }
  }

  private settled(): void {
    const { view, plan } = this.installed!;
    const { source } = plan;
    if (plan.view.nodes[0] !== this.world.self) return;
    this.world.note(NOTES.recovered, {
      epoch: view.epoch,
      members: view.members,
      joined: view.joined,
      version: source.version,
      from: source.checkpoint ? 'checkpoint' : 'replicas',
    } satisfies RecoveredNote);
  }
}
