/**
 * A node of RingTMP-sync where nodes and links may fail (PROTOCOLS C): membership decides who is in the ring, the node's
 * state trains in it. This class carries messages between the two and the world, and tells observers. The first view
 * is agreed on like all others: its promises carry what the MEASURE token does elsewhere.
 */
import type { Job, NodeId, World } from '../../../../engine/world.ts';
import { joinRecords, recordValues } from '../../../costs/node-records.ts';
import type { Assembly, Decision } from '../../../membership/host.ts';
import { Participant } from '../../../membership/participant.ts';
import type { View } from '../../../membership/view.ts';
import type { Courier } from '../../../pipeline/courier.ts';
import { placeOf } from '../../../pipeline/placement.ts';
import { CHECKPOINT_INDEX } from '../../../replication/checkpoints.ts';
import { type BeganNote, NOTES, type RecoveredNote } from '../../../spec/notes.ts';
import { Balancer } from '../balance/balancer.ts';
import { blocksMoved } from '../balance/gain.ts';
import type { RingMessage, TrainingMessage } from '../messages.ts';
import { neighbours } from '../neighbours.ts';
import {
  inventoryBytes,
  planBytes,
  type NodeReport,
  type RecoveryPlan,
  type RingView,
} from '../layout/ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import { NodeState } from './node-state.ts';
import { RecoveryPlanner } from './recovery-planner.ts';
import { transferPartners } from './transfer-partners.ts';

export class ResilientNode extends Participant<NodeReport, RecoveryPlan, TrainingMessage> {
  private readonly work: RingWork;
  private readonly state: NodeState;
  private readonly planner: RecoveryPlanner;
  /** Null where nothing is balanced. */
  private readonly balancer: Balancer | null;
  /** Of the view in use, or of the last one. */
  private plan: RecoveryPlan | null = null;
  /** Micro-batches that it knows have been begun since the start of the run, by ring. */
  private readonly begun = new Map<number, number>();

  constructor(world: World, work: RingWork) {
    super(world, { nodeCount: work.nodeCount, ...work.assignment.detector! });
    this.work = work;
    this.planner = new RecoveryPlanner(world, work);
    this.balancer = work.options.balance === undefined ? null : new Balancer(world, work);
    this.state = new NodeState(world as World<RingMessage>, work, {
      courier: (view) => this.courier(view),
      mayBegin: () => !this.membership.admitting(this.balancer?.isWanted),
      begins: () => this.balancer?.meter.began(),
      settled: () => this.settled(),
      updated: (position, version) => {
        // An update proves that all members are in the view with all they need, their replicas too.
        this.membership.committed();
        if (this.view !== null) this.balancer?.updated(position, version);
      },
      complete: () => this.membership.workDone(),
    });
  }

  get phase(): string {
    const { phase } = this.membership;
    return phase === 'training' ? this.state.phase : phase;
  }

  computed(job: Job): void {
    this.balancer?.meter.ended(job);
    this.state.computed(job);
  }

  saved(name: string, isNewest: boolean): void {
    this.state.saved(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    if (name !== CHECKPOINT_INDEX) return this.state.loaded(name, value);
    const answer = this.planner.loaded(value);
    if (answer !== null) this.membership.decided(answer.epoch, answer.decision);
  }

  waitsFor(): string {
    if (this.view === null) return this.membership.waitsFor();
    return `${this.state.waitsFor()} in epoch ${this.view.epoch}`;
  }

  inventory(): NodeReport {
    const { self } = this.world;
    const record = recordValues(this.balancer?.record ?? this.work.measured(self));
    return { node: self, layouts: this.state.report(), record, begun: [...this.begun] };
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

  watched({ members, epoch }: View, node: NodeId): readonly NodeId[] {
    const near = neighbours(members, node, this.work);
    if (this.plan?.view.epoch !== epoch) return near;
    return [...new Set([...near, ...transferPartners(this.plan, node)])];
  }

  drop(): void {
    this.freeze();
    this.state.clear();
  }

  ended(epoch: number): void {
    // What it has of a view that others have left is of no use any more.
    if (!this.state.complete) this.state.clear();
    this.world.note(NOTES.ended, epoch);
  }

  protected stop(): void {
    this.state.abandon();
  }

  protected begin({ epoch, members }: View, plan: RecoveryPlan): void {
    const { version, epoch: from } = plan.source;
    const isNew = this.plan === null && this.world.incarnation === 0;
    const isFirst = isNew && members.length === this.work.nodeCount;
    this.tellMoved(plan);
    this.plan = plan;
    this.balancer?.enter(plan.view);
    this.begun.clear();
    for (const [position, holder] of plan.view.nodes.entries())
      if (holder === this.world.self)
        this.begun.set(placeOf(plan.view, position).copy, version * this.work.microBatches);
    this.planner.settled();
    this.world.note(NOTES.began, { epoch, version, base: baseOf(plan) } satisfies BeganNote);
    if (from !== 0) return this.state.adopt(plan);
    this.state.begin(plan.view, () => joinRecords(plan.records));
    if (!isFirst) this.settled();
  }

  protected take(message: TrainingMessage): void {
    if (message.kind === 'LOAD') return this.balancer!.receive(message);
    this.see(message);
    this.state.receive(message);
  }

  /** Of a view with the same nodes: what has moved was moved for balance. */
  private tellMoved({ view }: RecoveryPlan): void {
    if (this.balancer === null || this.plan === null || view.nodes[0] !== this.world.self) return;
    const before = this.plan.view;
    if (before.nodes.length !== view.nodes.length) return;
    if (!before.nodes.every((node, position) => node === view.nodes[position])) return;
    const blocks = blocksMoved(before.bounds, view.bounds);
    if (blocks > 0) this.world.note(NOTES.moved, blocks);
  }

  private courier(view: RingView): Courier<TrainingMessage> {
    return {
      send: (to, message, bytes) => {
        // What is passed on was seen when it came.
        if (message.kind === 'LABEL' || placeOf(view, to).place === 1) this.see(message);
        this.world.send(view.nodes[to], message, bytes);
      },
    };
  }

  /** A message on its way shows what has been begun. */
  private see(message: TrainingMessage): void {
    if (message.kind !== 'FWD' && message.kind !== 'LABEL') return;
    const { iteration, microBatch, to } = message;
    const { copy } = placeOf(this.plan!.view, to);
    const begun = iteration * this.work.microBatches + microBatch + 1;
    if ((this.begun.get(copy) ?? 0) < begun) this.begun.set(copy, begun);
  }

  /** All its state is here, and at position 0 that of all others too, soon. */
  private settled(): void {
    const { epoch, members, joined } = this.view!;
    const { source, view } = this.plan!;
    if (view.nodes[0] !== this.world.self) return;
    this.world.note(NOTES.recovered, {
      ...{ epoch, members, joined, version: source.version, base: baseOf(this.plan!) },
      from: source.checkpoint ? 'checkpoint' : 'replicas',
    } satisfies RecoveredNote);
  }
}

/** The view whose work it goes on from; null where its state was saved, or made from the seed. */
function baseOf({ source }: RecoveryPlan): number | null {
  return source.checkpoint || source.epoch === 0 ? null : source.epoch;
}
