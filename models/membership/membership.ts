/**
 * How nodes agree on who goes on after a failure, on who joins and on the end (PROTOCOLS C), in the way of viewstamped
 * replication: whoever has a reason to promises an epoch above all it knows of and sends PREPARE straight to everybody; who
 * has promised nothing newer stops its work and answers PROMISE with what it can serve; when all have answered whom silence
 * does not rule out, the initiator decides and sends INSTALL, or HALT. What is promised and installed is on the disk before
 * anything follows from it. It knows nothing of what the nodes work at: a host freezes, takes stock, decides and installs.
 *
 *   any but finished --PREPARE--> promising --written--> promised --INSTALL--> installing --written--> training
 *   any but finished --suspicion, retry, admission--> collecting --written, and all have answered--> deciding
 *   deciding --INSTALL, to itself--> installing
 *   deciding, promised --HALT--> halted
 *   any but promised --WELCOME to a newer view that is complete--> joining
 *   any --FINISH--> finished
 */
import type { Message, NodeId, World } from '../../engine/world.ts';
import { firstEpochOf, initiatorOf } from './epoch.ts';
import { Admission } from './roles/admission.ts';
import type { ViewChange } from './change.ts';
import { Ending } from './roles/ending.ts';
import type { Decision, MembershipHost, MembershipSettings } from './host.ts';
import { Follower } from './roles/follower.ts';
import { Hello, HELLO_ALARM } from './roles/hello.ts';
import { GRACE_ALARM, Initiator } from './roles/initiator.ts';
import { Listener } from './roles/listener.ts';
import { isMembershipMessage, messageBytes } from './messages.ts';
import type { MembershipMessage } from './messages.ts';
import { whatFor, type Phase } from './phase.ts';
import { VoteRecord } from './record.ts';
import { Retry, RETRY_ALARM } from './retry.ts';
import { StuckDetector } from './stuck-detector.ts';
import { firstView, incarnationIn, type View } from './view.ts';
import { WatchList } from './watch-list.ts';

const CHANGE_ALARM = 'membership/change';

export class Membership<Inventory, Plan> implements ViewChange<Inventory, Plan> {
  phase: Phase = 'new';
  /** The view whose state this node has: that in use, unless it changes. Null for a node without state. */
  view: View | null = null;
  /** The highest promise that anybody has told of. */
  floor = 0;
  /** Whom a halted node waits for, and who was halted with it. */
  missing: readonly NodeId[] = [];
  together: readonly NodeId[] = [];
  readonly world: World;
  readonly host: MembershipHost<Inventory, Plan>;
  readonly settings: MembershipSettings;
  readonly record: VoteRecord;
  readonly watches: WatchList;
  readonly retry: Retry;
  readonly initiator: Initiator<Inventory, Plan>;
  readonly admission: Admission;
  readonly ending: Ending;
  private readonly listener: Listener<Inventory, Plan>;
  private readonly stuck: StuckDetector;
  private readonly helloCalls: Hello;
  readonly follower: Follower<Inventory, Plan>;
  /** Whom membership or the work has had to say something since the last promise. */
  private readonly spokenTo = new Set<NodeId>();

  constructor(world: World, host: MembershipHost<Inventory, Plan>, settings: MembershipSettings) {
    this.world = world;
    this.host = host;
    this.settings = settings;
    this.record = new VoteRecord(world);
    this.watches = new WatchList(world);
    this.retry = new Retry(world, settings, this.record);
    this.admission = new Admission(this as ViewChange<unknown, unknown>);
    this.ending = new Ending(this as ViewChange<unknown, unknown>);
    this.follower = new Follower<Inventory, Plan>(this);
    this.initiator = new Initiator<Inventory, Plan>(this, this.admission, this.follower);
    this.listener = new Listener<Inventory, Plan>(this, this);
    this.stuck = new StuckDetector(world, settings);
    this.helloCalls = new Hello(this as ViewChange<unknown, unknown>);
  }

  /** The first view is agreed on like any other, and node 0 begins; unless all know what would be agreed on. */
  start(): void {
    const { world, record } = this;
    if (record.endedIn !== null) return this.finish([], record.endedIn);
    if (world.disk === null) this.floor = firstEpochOf(world.incarnation);
    if (world.incarnation > 0) return this.join();
    this.view = firstView(this.settings.nodeCount);
    record.views = [this.view];
    const { firstPlan } = this.host;
    if (world.self === 0 && firstPlan === undefined) return this.initiate();
    record.write();
    if (firstPlan !== undefined) return this.enter(this.view, firstPlan);
    this.phase = 'promised';
    this.watches.only([0]);
    this.retry.arm();
  }

  /** False if it is no message of membership. */
  receive(message: Message, from: NodeId): boolean {
    if (!isMembershipMessage<Inventory, Plan>(message)) return false;
    this.watches.heard(from);
    if (this.phase !== 'finished') this.listener.receive(message, from);
    else if (message.kind !== 'FINISH') this.ending.answer(from);
    return true;
  }

  suspected(peer: NodeId): void {
    if (this.phase !== 'finished') this.listener.suspected(peer);
  }

  /** False if it is no alarm of membership. */
  woken(alarm: string): boolean {
    if (alarm === RETRY_ALARM) this.waitedLong();
    else if (alarm === GRACE_ALARM) this.initiator.graceOver();
    else if (alarm === CHANGE_ALARM && this.phase === 'training') this.initiate();
    else if (alarm === HELLO_ALARM && this.phase === 'training') this.helloCalls.call();
    return alarm.startsWith('membership/');
  }

  /** What was written is on the disk. */
  persisted(): void {
    if (!this.record.written()) return;
    if (this.phase === 'collecting') this.initiator.promised();
    else if (this.phase === 'promising') this.follower.answer();
    else if (this.phase === 'installing') this.install();
  }

  /** The answer that `decide` has put off; one for an epoch that is over is of no meaning. */
  decided(epoch: number, decision: Decision<Plan>): void {
    this.initiator.decided(epoch, decision);
  }

  /** The first step is committed in the view: all members are in it, with all they need. */
  committed(): void {
    if (this.phase !== 'training') return;
    this.record.completed(this.view!);
    this.retry.reset();
    this.stuck.reset();
    this.helloCalls.committed();
    this.admission.answerCallers();
  }

  /** This node has nothing left to do in the view. */
  workDone(): void {
    if (this.phase === 'training') this.ending.workDone();
  }

  /** At a boundary of the work: whether the view changes now. */
  admitting(): boolean {
    if (this.phase !== 'training') return false;
    if (this.coordinatorOf(this.view!.members) !== this.world.self) return false;
    if (this.admission.ready.size === 0) return false;
    this.world.wake(CHANGE_ALARM, 0);
    return true;
  }

  /**
   * Whether work of that epoch is taken: that of the view in use, and that of the one to come, which the host keeps until
   * it is installed. Whoever has been left behind with older work is told so.
   */
  admits(epoch: number, from: NodeId): boolean {
    this.watches.heard(from);
    const installed = this.view?.epoch ?? -1;
    if (this.phase !== 'training') return epoch === this.record.promised && epoch > installed;
    if (epoch < installed && incarnationIn(this.view!, from) === undefined)
      this.admission.tellOutsider(from);
    return epoch === installed;
  }

  waitsFor(): string {
    const { phase, record, missing, watches, initiator } = this;
    if (phase !== 'collecting') return whatFor(phase, record.promised, missing);
    const { certain, doubtful } = initiator.proposal!.waiting(watches.silent);
    return `the promises of nodes ${[...certain, ...doubtful].join(', ')}`;
  }

  // What its parts use.

  /** Who of these members lets others in and ends the run. */
  coordinatorOf(members: readonly NodeId[]): NodeId {
    return this.host.coordinator?.(members) ?? members[0];
  }

  /** Who has begun the newest change of view known here. */
  get leader(): NodeId {
    return initiatorOf(Math.max(this.record.promised, this.floor));
  }

  initiate(): void {
    this.initiator.begin();
  }

  /** Takes nothing below that epoch any more. */
  promise(epoch: number, phase: 'collecting' | 'promising'): void {
    this.initiator.abandon();
    if (this.phase === 'training') this.host.freeze();
    // What is on its way is of no use any more, and would be waited for on a slow wire.
    for (const peer of this.spokenTo) this.world.hangUp(peer);
    this.spokenTo.clear();
    this.helloCalls.rest();
    this.world.cancel(CHANGE_ALARM);
    this.phase = phase;
    this.record.promised = epoch;
    this.record.write();
    // An initiator goes on watching: who has been silent for a while already is not given the whole time anew.
    if (phase === 'promising') this.watches.only([initiatorOf(epoch)]);
    this.listener.probe();
    this.retry.arm();
  }

  raise(peer: NodeId): void {
    this.listener.raise(peer);
  }

  /** A newer view is complete without this node: it begins anew. */
  leave(): void {
    this.initiator.abandon();
    if (this.view !== null) {
      this.host.drop();
      this.retry.reset();
    }
    this.view = null;
    this.watches.only([]);
    this.phase = 'joining';
  }

  finish(fellows: readonly NodeId[], epoch: number): void {
    // The members of a view in use are told by its coordinator, and who misses that asks: others may not be able to.
    const told = new Set(this.phase === 'training' ? this.view!.members : []);
    const asked = [...this.spokenTo].filter((node) => !told.has(node));
    const waiting = [...fellows, ...asked, ...this.admission.callers.keys()];
    this.initiator.abandon();
    this.phase = 'finished';
    this.watches.only([]);
    this.retry.cancel();
    this.helloCalls.rest();
    this.world.cancel(CHANGE_ALARM);
    if (this.record.endedIn === null) {
      this.record.endedIn = epoch;
      this.record.write();
    }
    this.ending.tell(waiting);
    this.host.ended(epoch);
  }

  say(to: NodeId, message: MembershipMessage<Inventory, Plan>): void {
    if (to === this.world.self) return;
    let bytes = messageBytes(message);
    if (message.kind === 'INSTALL') bytes += this.host.planBytes(message.plan, to);
    if (message.kind === 'PROMISE') bytes += this.host.inventoryBytes(message.inventory);
    this.world.send(to, message, bytes);
    this.spokenTo.add(to);
  }

  private join(): void {
    this.phase = 'joining';
    this.retry.arm();
    this.admission.ask(0);
  }

  private install(): void {
    const { view, plan } = this.follower.next!;
    this.follower.next = null;
    this.enter(view, plan);
  }

  private enter(view: View, plan: Plan): void {
    this.phase = 'training';
    this.view = view;
    this.missing = [];
    const { world } = this;
    view.members.forEach((member, at) => {
      const incarnation = view.incarnations[at];
      // Between two first incarnations there is nothing older to hang up on.
      if (member !== world.self && incarnation + world.incarnation > 0)
        world.hangUp(member, incarnation);
    });
    this.admission.settled();
    for (const member of view.members) if (member !== this.world.self) this.spokenTo.add(member);
    this.helloCalls.later();
    this.host.install(view, plan);
    if (this.phase !== 'training') return;
    this.watches.only(this.host.watched(view, this.world.self));
    this.admission.answerCallers();
    this.ending.settled();
  }

  private waitedLong(): void {
    const { retry, phase } = this;
    retry.fallDue();
    const news = phase === 'training' ? null : this.stuck.waiting(this.waitsFor());
    if (news !== null) this.host.halted(news);
    if (phase === 'collecting') this.initiator.remind();
    if (phase === 'promised') this.follower.remind();
    if (phase === 'joining') this.admission.ask(retry.attempt);
    if (phase === 'training' || phase === 'halted') this.initiate();
    // All others wait ever longer: wires, disks and storage may be as slow as they like.
    const isActing = phase === 'joining' || phase === 'training' || phase === 'halted';
    retry.await(!isActing);
  }
}
