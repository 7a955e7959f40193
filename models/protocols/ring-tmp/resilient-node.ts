/**
 * A node of RingTMP-sync where nodes and links may fail (PROTOCOLS C): a view change decides who is in the ring, the
 * node's state trains in it. This class carries messages between the two and the world, turns reports into a plan, and tells
 * observers. The first view is agreed on like all others: its two laps are those of the MEASURE token.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { NOTES, type HaltedNote, type RecoveredNote, type RepairNote } from '../../spec/notes.ts';
import { CHECKPOINT_INDEX } from '../../replication/checkpoints.ts';
import { Post } from '../../membership/post.ts';
import { ViewChange } from '../../membership/view-change.ts';
import type { Assembly, Decision, NewView, ViewHost } from '../../membership/view-host.ts';
import { isViewMessage, type RelayMessage } from '../../membership/view-messages.ts';
import type { Courier } from '../../pipeline/courier.ts';
import { ViewHistory } from './view-history.ts';
import { NodeState } from './node-state.ts';
import { joinRecords } from '../../costs/node-records.ts';
import type { RingMessage, TrainingMessage } from './messages.ts';
import { RecoveryPlanner } from './recovery-planner.ts';
import type { NodeReport, RecoveryPlan, RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';

export class ResilientNode implements Node, ViewHost<NodeReport, RecoveryPlan> {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly post: Post;
  private readonly view: ViewChange<NodeReport, RecoveryPlan>;
  private readonly state: NodeState;
  private readonly viewHistory: ViewHistory;
  private readonly planner: RecoveryPlanner;
  private installed: { readonly view: NewView; readonly plan: RecoveryPlan } | null = null;
  /** Whether the view may still come to nothing itself. */
  private unproven = true;

  constructor(world: World, work: RingWork) {
    const { detector } = work.assignment;
    this.world = world;
    this.work = work;
    this.post = new Post(world);
    this.view = new ViewChange<NodeReport, RecoveryPlan>(world, this.post, this, {
      nodeCount: work.nodeCount,
      ...detector!,
    });
    this.viewHistory = new ViewHistory(world, work);
    this.planner = new RecoveryPlanner(world, work);
    this.state = new NodeState(world as World<RingMessage>, work, {
      courier: (view) => this.courier(view),
      mayBegin: () => this.mayBegin(),
      settled: () => this.settled(),
      updated: (position) => this.updated(position),
      complete: () => this.view.ending.workDone(),
    });
  }

  get phase(): string {
    return this.view.phase === 'training' ? this.state.phase : this.view.phase;
  }

  get finished(): boolean {
    return this.view.phase === 'finished';
  }

  start(): void {
    this.view.start();
  }

  receive(message: Message, from: NodeId): void {
    const isRelayed = message.kind === 'RELAY';
    if (isRelayed || isViewMessage(message)) this.view.watch.arrived(from);
    if (!isRelayed) return this.take(message, from);
    const arrived = this.post.relay(message as RelayMessage);
    if (arrived !== null) this.take(arrived.message, arrived.from);
  }

  private take(message: Message, from: NodeId): void {
    if (isViewMessage<NodeReport, RecoveryPlan>(message)) this.view.receive(message, from);
    else this.train(message as TrainingMessage, from);
  }

  computed(job: Job): void {
    this.view.joining.touch();
    this.state.computed(job);
  }

  woken(alarm: string): void {
    this.view.woken(alarm);
  }

  suspected(peer: NodeId): void {
    if (this.finished) return;
    if (!this.view.watch.silent.has(peer)) this.world.note(NOTES.suspected, { peer });
    this.view.suspected(peer);
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
    if (answer !== null) this.view.decided(answer.epoch, answer.decision);
  }

  waitsFor(): string {
    const { phase, missing, promised, installed } = this.view;
    switch (phase) {
      case 'training':
        return `${this.state.waitsFor()} in epoch ${installed!.epoch}`;
      case 'halted':
        return `nodes ${[...missing].join(', ')}, to be more than half`;
      case 'joining':
        return 'a member of the ring to take it in';
      default:
        return `the token of epoch ${promised}`;
    }
  }

  // What the view change asks and tells.

  stop(): void {
    this.state.abandon();
  }

  report(): NodeReport {
    return this.viewHistory.report(this.state.report());
  }

  decide(assembly: Assembly<NodeReport>): Decision<RecoveryPlan> {
    return this.planner.decide(assembly);
  }

  install(view: NewView, plan: RecoveryPlan): void {
    const { source } = plan;
    const isNew = this.installed === null && this.world.incarnation === 0;
    const isFirst = isNew && view.members.length === this.work.nodeCount;
    this.installed = { view, plan };
    this.unproven = true;
    this.viewHistory.enter(view, plan);
    this.planner.settled();
    this.writeOff([this.world.self]);
    if (source.epoch !== 0) return this.state.adopt(plan);
    this.state.begin(plan.view, () => joinRecords(plan.records));
    if (!isFirst) this.settled();
  }

  complete(): boolean {
    return this.viewHistory.complete;
  }

  drop(): void {
    this.state.clear();
    this.viewHistory.forget();
  }

  endedIn(epoch: number): void {
    for (let node = 0; node < this.work.nodeCount; node++)
      this.world.disown(0, node, Infinity, epoch);
  }

  halted(reason: string, againNs: number | null): void {
    if (againNs !== null) this.planner.lacks(againNs);
    this.world.note(NOTES.halted, { reason } satisfies HaltedNote);
  }

  repairing(epoch: number, gone: readonly NodeId[]): void {
    if (this.viewHistory.hasBegun || gone.length > 0)
      this.world.note(NOTES.repair, { epoch, gone } satisfies RepairNote);
  }

  private train(message: TrainingMessage, from: NodeId): void {
    if (this.finished || !this.view.admits(message.epoch, from)) return;
    this.view.joining.touch();
    this.viewHistory.see(message);
    this.state.receive(message);
  }

  private courier(view: RingView): Courier<TrainingMessage> {
    return {
      send: (to, message, bytes) => {
        this.viewHistory.see(message);
        this.post.deliver(view.nodes[to], message, bytes);
      },
    };
  }

  /** Between two iterations nobody has anything in hand: then those who wait are let in. */
  private mayBegin(): boolean {
    return !this.view.joining.admitting();
  }

  private updated(position: number): void {
    if (position === 0) this.proven();
    this.viewHistory.updated();
  }

  /** The view has proved whole: those who are not in it cannot know that they have worked in vain. */
  private proven(): void {
    if (!this.unproven) return;
    this.unproven = false;
    const { members } = this.installed!.view;
    const all = Array.from({ length: this.work.nodeCount }, (_, node) => node);
    this.writeOff(all.filter((node) => !members.includes(node)));
  }

  /** What these have done in older views, in any life, and views since have done again, has come to nothing. */
  private writeOff(nodes: readonly NodeId[]): void {
    for (const { epoch, version, from } of this.installed!.plan.beginnings)
      for (const node of nodes) {
        this.world.disown(version, node, epoch);
        if (from !== undefined) this.world.disown(0, node, epoch, from);
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
