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
import { initiatorOf } from './epoch.ts';
import { Admission, CHANGE_ALARM } from './roles/admission.ts';
import type { ViewChange } from './change.ts';
import { Ending } from './roles/ending.ts';
import type { Decision, MembershipHost, MembershipSettings } from './host.ts';
import { Follower } from './roles/follower.ts';
import { Hello, HELLO_ALARM } from './roles/hello.ts';
import { GRACE_ALARM, Initiator } from './roles/initiator.ts';
import { Listener } from './roles/listener.ts';
import { isMembershipMessage } from './messages.ts';
import { Outbox } from './outbox.ts';
import type { Phase } from './phase.ts';
import { VoteRecord } from './record.ts';
import { Retry, RETRY_ALARM } from './retry.ts';
import { Waiting } from './roles/waiting.ts';
import { firstView, type View } from './view.ts';
import { WatchList } from './watch-list.ts';

export class Membership<Inventory, Plan> implements ViewChange<Inventory, Plan> {
  phase: Phase = 'new';
  /** The view whose state this node has: that in use, unless it changes. Null for a node without state. */
  view: View | null = null;
  /** Whom a halted node waits for, and who was halted with it. */
  missing: readonly NodeId[] = [];
  together: readonly NodeId[] = [];
  readonly record: VoteRecord;
  readonly watches: WatchList;
  readonly retry: Retry;
  readonly initiator: Initiator<Inventory, Plan>;
  readonly admission: Admission;
  readonly ending: Ending;
  private readonly listener: Listener<Inventory, Plan>;
  private readonly waiting: Waiting<Inventory, Plan>;
  private readonly helloCalls: Hello;
  readonly follower: Follower<Inventory, Plan>;
  readonly outbox: Outbox<Inventory, Plan>;

  constructor(
    readonly world: World,
    readonly host: MembershipHost<Inventory, Plan>,
    readonly settings: MembershipSettings,
  ) {
    this.record = new VoteRecord(world);
    this.watches = new WatchList(world);
    this.retry = new Retry(world, settings, this.record);
    this.outbox = new Outbox(world, host);
    this.admission = new Admission(this as ViewChange<unknown, unknown>);
    this.ending = new Ending(this as ViewChange<unknown, unknown>, this.admission);
    this.follower = new Follower<Inventory, Plan>(this);
    this.initiator = new Initiator<Inventory, Plan>(this, this.admission, this.follower);
    this.listener = new Listener<Inventory, Plan>(this, this);
    this.waiting = new Waiting<Inventory, Plan>(this, this);
    this.helloCalls = new Hello(this as ViewChange<unknown, unknown>);
  }

  /** The first view is agreed on like any other, and node 0 begins; unless all know what would be agreed on. */
  start(): void {
    const { world, record } = this;
    // What told others of the end may have been lost with its host.
    if (record.endedIn !== null)
      return this.ending.finish(record.newest?.members ?? [], record.endedIn);
    if (world.incarnation > 0) {
      this.phase = 'joining';
      this.retry.arm();
      return this.admission.ask(0);
    }
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
    if (alarm === RETRY_ALARM) this.waiting.long();
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
    if (this.view === null || this.phase === 'finished') return;
    const older = this.record.completed(this.view);
    // A host that freezes counts what it has just computed: the view is complete, but this node has begun to leave it.
    if (this.phase !== 'training') return;
    this.retry.reset();
    this.waiting.over();
    this.helloCalls.committed();
    this.admission.answerCallers();
    this.admission.tellLeftOut(older);
  }

  /** This node has nothing left to do in the view. */
  workDone(): void {
    if (this.phase === 'training') this.ending.workDone();
  }

  /** At a boundary of the work: whether the view changes now; `isWanted` where its members are to share the work anew. */
  admitting(isWanted = false): boolean {
    return this.admission.begins(isWanted);
  }

  /**
   * Whether work of that epoch is taken: that of the view in use, and that of the one to come, which the host keeps until
   * it is installed. Whoever has been left behind with older work is told so.
   */
  admits(epoch: number, from: NodeId): boolean {
    return this.admission.admits(epoch, from);
  }

  waitsFor(): string {
    return this.waiting.what;
  }

  // What its parts use.

  /** Who of these members lets others in and ends the run. */
  coordinatorOf(members: readonly NodeId[]): NodeId {
    return this.host.coordinator?.(members) ?? members[0];
  }

  initiate(): void {
    this.initiator.begin();
  }

  /** Takes nothing below that epoch any more. */
  promise(epoch: number, phase: 'collecting' | 'promising'): void {
    this.initiator.abandon();
    const trained = this.phase === 'training';
    this.phase = phase;
    if (trained) this.host.freeze();
    this.outbox.takeBack();
    this.helloCalls.rest();
    this.world.cancel(CHANGE_ALARM);
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

  /** No alarm is to go off any more, and nobody is watched. */
  rest(): void {
    this.initiator.abandon();
    this.watches.only([]);
    this.retry.cancel();
    this.helloCalls.rest();
    this.world.cancel(CHANGE_ALARM);
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
    this.outbox.enter(view);
    this.admission.settled();
    this.helloCalls.later();
    this.host.install(view, plan);
    if (this.phase !== 'training') return;
    this.watches.only(this.host.watched(view, this.world.self));
    this.admission.answerCallers();
    this.ending.settled();
  }
}
