/**
 * A node of an all-reduce: a member of the view in use that trains in it (PROTOCOLS C and E). Everybody has the whole
 * state; a new view goes on from the newest, and who lacks it is brought it by a neighbour. Where nothing can fail there is
 * one view, which costs no event.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import { FixedView, type ViewService } from '../../membership/fixed-view.ts';
import type { Assembly, Decision, MembershipHost } from '../../membership/host.ts';
import { Membership } from '../../membership/membership.ts';
import type { View } from '../../membership/view.ts';
import { NOTES } from '../../spec/notes.ts';
import type { Learner } from './learner.ts';
import { STATE_HEAD_BYTES, type StateMessage, type TrainingMessage } from './messages.ts';
import {
  type AllReducePlan,
  FIRST_PLAN,
  type Inventory,
  INVENTORY_BYTES,
  planBytes,
  planView,
} from './plan.ts';
import { Teller } from './teller.ts';
import { Trainer, type TrainerHost, type TrainingJob } from './trainer.ts';
import type { AllReduceWork } from './work.ts';

export class AllReduceNode implements Node, MembershipHost<Inventory, AllReducePlan>, TrainerHost {
  learner: Learner | null;
  private readonly world: World<TrainingMessage>;
  private readonly work: AllReduceWork;
  private readonly membership: ViewService<Inventory, AllReducePlan>;
  private readonly books: MemoryItems;
  private readonly teller: Teller;
  private view: View;
  private plan = FIRST_PLAN;
  /** The view whose state it has; -1: none. */
  private stateEpoch = 0;
  private version = 0;
  /** Iterations that it has begun. */
  private begun = 0;
  /** Over all samples of the last iteration in the state. */
  private lossSum: number | null = null;
  /** Null while no view is in use. */
  private trainer: Trainer | null = null;
  /** The job in the engine, and whose it is. */
  private running: Trainer | null = null;
  /** Whether anything can fail. */
  private readonly isWatched: boolean;
  /** While a job runs no handler is called: it has ended as soon as one is. */
  hasEnded = true;
  /** What was said in a view that is not in use here yet. */
  private early: { readonly message: TrainingMessage; readonly from: NodeId }[] = [];

  constructor(world: World<TrainingMessage>, work: AllReduceWork) {
    const { detector, firstView } = work;
    this.world = world;
    this.work = work;
    this.view = firstView;
    this.isWatched = detector !== null;
    this.books = new MemoryItems(world);
    this.teller = new Teller(world as World, work);
    this.membership =
      detector === null
        ? new FixedView(this, firstView, FIRST_PLAN)
        : new Membership(world as World, this, {
            nodeCount: firstView.members.length,
            ...detector,
          });
    this.learner = null;
    if (world.incarnation === 0) this.have(0, 0, null);
    else this.stateEpoch = -1;
  }

  get phase(): string {
    const { phase } = this.membership;
    if (phase !== 'training') return phase;
    if (!this.isInPlace) return 'fetching';
    return this.running === null ? 'waiting' : 'computing';
  }

  get finished(): boolean {
    return this.membership.phase === 'finished';
  }

  get isFree(): boolean {
    return this.running === null;
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    this.hasEnded = true;
    const said = message as TrainingMessage;
    if (this.isWatched) {
      if (this.membership.receive(message, from)) return;
      if (!this.membership.admits(said.epoch, from)) return;
    }
    if (this.trainer === null) this.early.push({ message: said, from });
    else this.take(said);
  }

  computed(job: Job): void {
    const trainer = this.running;
    this.hasEnded = true;
    this.running = null;
    if (trainer === this.trainer) trainer?.computed(job as TrainingJob);
    else this.trainer?.goOn();
  }

  woken(alarm: string): void {
    this.hasEnded = true;
    if (!this.membership.woken(alarm))
      throw new Error(`node ${this.world.self} set no alarm, and '${alarm}' went off`);
  }

  suspected(peer: NodeId): void {
    this.hasEnded = true;
    this.world.note(NOTES.suspected, { peer });
    this.membership.suspected(peer);
  }

  persisted(): void {
    this.hasEnded = true;
    this.membership.persisted();
  }

  waitsFor(): string {
    if (this.trainer === null) return this.membership.waitsFor();
    return this.isInPlace ? this.trainer.waitsFor() : 'the state, from a neighbour';
  }

  // What its trainer asks and tells.

  compute(job: TrainingJob): void {
    this.running = this.trainer;
    this.hasEnded = false;
    this.world.compute(job);
  }

  stepped(version: number): void {
    const { learner, view } = this;
    this.version = version;
    this.lossSum = learner?.lossSum ?? null;
    this.teller.stepped(view, this.version, this.lossSum, learner);
    // A step that has ended when its view does is the last there.
    if (this.trainer === null) return;
    this.membership.committed();
    this.goOn();
  }

  // What membership asks and tells.

  freeze(): void {
    const { trainer } = this;
    this.trainer = null;
    trainer?.stop();
    this.early = [];
  }

  inventory(): Inventory {
    const { stateEpoch: epoch, version, begun, teller } = this;
    return { epoch, version, begun, hasTold: teller.hasTold(version) };
  }

  inventoryBytes(): number {
    return INVENTORY_BYTES;
  }

  decide(assembly: Assembly<Inventory>): Decision<AllReducePlan> {
    const planned = planView(assembly);
    if (planned.kind !== 'lost') return planned;
    const { why } = planned;
    const parameters = [[0, this.work.costs.parameters] as const];
    this.world.note(NOTES.lost, { parameters, why });
    this.world.giveUp(`the weights are lost: ${why}`);
    return { kind: 'later' };
  }

  planBytes(plan: AllReducePlan): number {
    return planBytes(plan);
  }

  install(view: View, plan: AllReducePlan): void {
    const { world, work } = this;
    this.view = view;
    this.plan = plan;
    this.trainer = new Trainer(world, work, view, plan.version, this);
    this.teller.installed(view, plan);
    if (plan.transfers.every(({ to }) => to !== world.self)) this.bePlaced();
    const { epoch } = view;
    for (const { message } of this.early.splice(0)) if (message.epoch === epoch) this.take(message);
  }

  /** Its neighbours on all rings, and whoever brings it the state or gets it from it. */
  watched({ members }: View, node: NodeId): readonly NodeId[] {
    const places = this.work.places(members, members.indexOf(node));
    const near = places.flatMap(({ before, next }) => [before, next]);
    for (const { from, to } of this.plan.transfers) {
      if (from === node) near.push(to);
      if (to === node) near.push(from);
    }
    return [...new Set(near)].filter((peer) => peer !== node);
  }

  drop(): void {
    this.freeze();
    this.stateEpoch = -1;
    this.learner = null;
    for (const item of ['weights', 'gradients', 'optimizer', 'losses']) this.books.set(item, 0);
  }

  ended(epoch: number): void {
    if (this.work.detector === null) return;
    this.freeze();
    this.teller.ended(epoch);
  }

  halted(reason: string): void {
    this.world.note(NOTES.halted, { reason });
  }

  /** The first view of all is none of a repair. */
  repairing(epoch: number, gone: readonly NodeId[]): void {
    const isFirst = this.membership.view?.epoch === 0 && gone.length === 0;
    if (!isFirst) this.world.note(NOTES.repair, { epoch, gone });
  }

  /** It has the state that the view goes on from. */
  private get isInPlace(): boolean {
    return this.stateEpoch === this.view.epoch;
  }

  private take(message: TrainingMessage): void {
    if (message.kind === 'CHUNK') this.trainer!.receive(message);
    else if (!this.isInPlace) this.takeState(message);
  }

  private takeState({ state, lossSum }: StateMessage): void {
    this.learner = this.work.learner(state);
    this.have(this.view.epoch, this.plan.version, lossSum);
    this.bePlaced();
  }

  /** The state of a view after so many steps is here. */
  private have(epoch: number, version: number, lossSum: number | null): void {
    const { work, books } = this;
    const { weightBytes, gradientBytes, optimizerBytes } = work.costs;
    this.stateEpoch = epoch;
    this.version = version;
    this.lossSum = lossSum;
    this.learner ??= work.learner(null);
    books.set('weights', weightBytes);
    books.set('gradients', gradientBytes);
    books.set('optimizer', optimizerBytes);
    books.set('losses', work.each.gradientBytes);
  }

  /** Goes on from the state that is here, and brings it to those who lack it. */
  private bePlaced(): void {
    const { view, plan, world, learner, lossSum, work } = this;
    const { epoch } = view;
    this.stateEpoch = epoch;
    this.begun = this.version;
    for (const { from, to } of plan.transfers) {
      if (from !== world.self) continue;
      const message = { kind: 'STATE', epoch, state: learner?.state ?? null, lossSum } as const;
      world.send(to, message, STATE_HEAD_BYTES + work.stateBytes);
    }
    this.teller.placed(view, plan, lossSum, learner);
    this.goOn();
  }

  private goOn(): void {
    if (this.version === this.work.training.iterations) return this.membership.workDone();
    if (this.trainer === null || this.membership.admitting()) return;
    this.begun = this.version + 1;
    this.trainer.begin();
  }
}
