/**
 * How a node without state is taken in (PROTOCOLS C). It asks some nodes, ever more rarely. A member of a view
 * answers who is
 * in it; then it calls each of them, and once all have answered it is ready: it hears all members and all hear it, so that
 * no view is changed for one that could not stay in it. The coordinator changes the view for those at the next boundary.
 */
import type { NodeId } from '../../../engine/world.ts';
import { initiatorOf } from '../epoch.ts';
import type { ViewChange } from '../change.ts';
import type { JoinMessage, WelcomeMessage } from '../messages.ts';
import { incarnationIn, type View } from '../view.ts';

export const CHANGE_ALARM = 'membership/change';

/** So many nodes it asks at the first time and at the second; then it tries to bring all there are together itself. */
const ASKED = [1, 8];

interface Greeting {
  readonly epoch: number;
  readonly members: readonly NodeId[];
  readonly answered: Set<NodeId>;
}

export class Admission {
  /** Who has asked this node to be taken in since it is in its view, or has promised too late, in which incarnation. */
  readonly callers = new Map<NodeId, number>();
  /** Those of them that are to be taken in at the next boundary. */
  readonly ready = new Set<NodeId>();
  private readonly membership: ViewChange<unknown, unknown>;
  /** The view that this node wants to join. */
  private greeting: Greeting | null = null;
  /** The newest view that it has been told of: who hears of no newer one waits ever longer. */
  private newestTold = -1;
  private nextTarget: NodeId;
  /** The newest epoch whose initiator it was referred to since it last waited in vain. */
  private referredBy = -1;

  constructor(membership: ViewChange<unknown, unknown>) {
    this.membership = membership;
    this.nextTarget = membership.world.self;
  }

  /** At a boundary of the work: whether the view changes now, for those who are ready or because it `isWanted`. */
  begins(isWanted: boolean): boolean {
    const { phase, view, world } = this.membership;
    if (phase !== 'training' || (this.ready.size === 0 && !isWanted)) return false;
    if (this.membership.coordinatorOf(view!.members) !== world.self) return false;
    world.wake(CHANGE_ALARM, 0);
    return true;
  }

  /** Whether work of that epoch is taken. Whoever has been left behind with older work is told so. */
  admits(epoch: number, from: NodeId): boolean {
    const { phase, view, watches, record } = this.membership;
    const installed = view?.epoch ?? -1;
    watches.heard(from);
    if (phase !== 'training') return epoch === record.promised && epoch > installed;
    if (epoch < installed && incarnationIn(view!, from) === undefined) this.tellOutsider(from);
    return epoch === installed;
  }

  /** A view is written: who was ready is in it, or must call its members. */
  settled(): void {
    this.ready.clear();
    this.greeting = null;
  }

  /** The view is in use, or complete: those who have asked before that, and may have no part in it, are told so. */
  answerCallers(): void {
    const callers = [...this.callers];
    this.callers.clear();
    for (const [node, incarnation] of callers)
      if (this.membership.phase === 'training') this.tellOutsider(node, incarnation);
  }

  /** Members of older views that are not in this one may go on waiting there: one of its members says so to each. */
  tellLeftOut(older: readonly View[]): void {
    const { world, view } = this.membership;
    if (older.length === 0 || this.membership.coordinatorOf(view!.members) !== world.self) return;
    const were = new Set(older.flatMap(({ members }) => members));
    for (const node of view!.members) were.delete(node);
    for (const node of were) this.tellOutsider(node);
  }

  /** Asks to be taken in, now and whenever it has waited in vain: of the members that have answered the first. */
  ask(attempt: number): void {
    const { greeting } = this;
    this.greeting = null;
    this.referredBy = -1;
    if (greeting !== null) return this.call(this.membership.coordinatorOf(greeting.members), -1);
    if (attempt >= ASKED.length) return this.membership.initiate();
    const { nodeCount } = this.membership.settings;
    const count = Math.min(ASKED[attempt], nodeCount - 1);
    if (count === 0) return this.membership.initiate();
    for (let asked = 0; asked < count; asked++) this.call(this.following(), -1);
  }

  /** Those it has asked wait for whoever has begun that epoch: it asks that one. */
  referred(promised: number): void {
    if (promised <= this.referredBy) return;
    this.referredBy = promised;
    this.call(initiatorOf(promised), -1);
  }

  /** A member of a view that this node has no part in tells of it. */
  welcomed(message: WelcomeMessage, from: NodeId): void {
    const { epoch, members } = message;
    if (this.greeting === null || epoch > this.greeting.epoch) {
      if (members === null) return this.call(from, -1);
      this.greeting = { epoch, members, answered: new Set() };
      if (epoch > this.newestTold) this.membership.retry.reset();
      this.newestTold = Math.max(this.newestTold, epoch);
      this.membership.retry.arm();
      for (const member of members) if (member !== from) this.call(member, epoch);
    }
    if (epoch < this.greeting.epoch) return;
    this.greeting.answered.add(from);
    const all = this.greeting.members;
    if (all.every((member) => this.greeting!.answered.has(member)))
      this.call(this.membership.coordinatorOf(all), epoch, true);
  }

  /** A node without state asks this one. */
  asked({ incarnation, isReady, view }: JoinMessage, from: NodeId): void {
    const { membership } = this;
    const isNew = this.callers.get(from) !== incarnation;
    this.callers.set(from, incarnation);
    if (membership.phase === 'training') {
      const isNext = isReady && view === membership.view!.epoch;
      if (isNext) this.ready.add(from);
      else this.tellOutsider(from, incarnation, view);
    } else if (membership.phase === 'halted') {
      if (isNew || !membership.together.includes(from)) membership.initiate();
    }
  }

  /** Tells a node without a part in the view in use that it has none; or begins a new one where it has lost its part. */
  tellOutsider(node: NodeId, incarnation?: number, knows = -1): void {
    const { membership } = this;
    const { record } = membership;
    const { epoch, members } = membership.view!;
    const known = incarnationIn(membership.view!, node);
    if (known !== undefined) {
      if (incarnation !== undefined && incarnation > known) membership.raise(node);
      return;
    }
    const said = { epoch, promised: record.promised };
    const isComplete = record.knowsComplete(membership.view!);
    // Who has promised leaves for no view that may come to nothing: it is told again once this one is complete.
    if (!isComplete && incarnation !== undefined) this.callers.set(node, incarnation);
    const isKnown = knows === epoch;
    membership.outbox.say(node, {
      kind: 'WELCOME',
      ...said,
      isComplete,
      members: isKnown ? null : members,
    });
  }

  private call(node: NodeId, view: number, isReady = false): void {
    const { record, world } = this.membership;
    const { incarnation } = world;
    const said = { incarnation, promised: record.promised, view, isReady };
    this.membership.outbox.say(node, { kind: 'JOIN', ...said, isReminder: !isReady });
  }

  /** All others in turn: first who was in the newest view known. */
  private following(): NodeId {
    const { world, settings } = this.membership;
    do this.nextTarget = (this.nextTarget + 1) % settings.nodeCount;
    while (this.nextTarget === world.self);
    return this.nextTarget;
  }
}
