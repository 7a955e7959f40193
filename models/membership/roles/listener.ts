/** The side of membership that is told things (see membership.ts): messages and suspicions, and what follows from each. */
import type { NodeId } from '../../../engine/world.ts';
import { initiatorOf } from '../epoch.ts';
import type { Admission } from './admission.ts';
import type { ViewChange } from '../change.ts';
import type { Ending } from './ending.ts';
import type { Follower } from './follower.ts';
import type { Initiator } from './initiator.ts';
import type {
  HaltMessage,
  HelloMessage,
  MembershipMessage,
  PrepareMessage,
  RefuseMessage,
  SuspectMessage,
  WelcomeMessage,
} from '../messages.ts';
import { incarnationIn } from '../view.ts';

/** Whom it passes on to. */
interface Parts<Inventory, Plan> {
  readonly initiator: Initiator<Inventory, Plan>;
  readonly admission: Admission;
  readonly ending: Ending;
  readonly follower: Follower<Inventory, Plan>;
}

export class Listener<Inventory, Plan> {
  private readonly membership: ViewChange<Inventory, Plan>;
  private readonly parts: Parts<Inventory, Plan>;

  constructor(membership: ViewChange<Inventory, Plan>, parts: Parts<Inventory, Plan>) {
    this.membership = membership;
    this.parts = parts;
  }

  receive(message: MembershipMessage<Inventory, Plan>, from: NodeId): void {
    const { membership } = this;
    switch (message.kind) {
      case 'PREPARE':
        return this.onPrepare(message, from);
      case 'PROMISE':
        return this.parts.initiator.receive(message, from);
      case 'AWAIT':
        return this.onAwait(message.epoch, from);
      case 'REFUSE':
        return this.onRefuse(message);
      case 'INSTALL':
        return this.parts.follower.install(message);
      case 'HALT':
        return this.onHalt(message);
      case 'SUSPECT':
        return this.onSuspect(message, from);
      case 'JOIN':
        this.learn(message.promised);
        if (membership.phase === 'collecting')
          this.parts.initiator.askAgain(from, message.incarnation);
        if (this.isLed && this.membership.record.leader !== from)
          this.refuse(message.promised, from);
        return this.parts.admission.asked(message, from);
      case 'WELCOME':
        return this.onWelcome(message, from);
      case 'HELLO':
        return this.onHello(message, from);
      case 'DONE':
        return this.parts.ending.receive(message.epoch, from);
      case 'FINISH':
        return this.parts.ending.finish([], message.epoch);
    }
  }

  suspected(peer: NodeId): void {
    const { membership } = this;
    const { phase, watches, record } = membership;
    const newest = membership.view ?? record.newest;
    watches.suspected(peer, (newest && incarnationIn(newest, peer)) ?? 0);
    if (phase === 'training') {
      if (!membership.view!.members.includes(peer)) return;
      if (membership.host.spares?.(peer)) watches.want(peer);
      else this.raise(peer);
    } else if (phase === 'collecting') this.parts.initiator.suspected(peer);
    else if (phase === 'promising' || phase === 'promised') {
      if (peer === record.leader) this.raise(peer);
    }
  }

  /** The view must change, because of that peer: the first of those who watch it and are heard begins. */
  raise(peer: NodeId): void {
    const { membership } = this;
    const { phase, view, watches, world, host, record } = membership;
    const inOrder =
      phase === 'training' ? host.watched(view!, peer) : (record.newest?.members ?? []);
    const leader = inOrder.find((node) => node !== peer && !watches.silent.has(node));
    if (leader === undefined || leader === world.self) return membership.initiate();
    membership.outbox.say(leader, { kind: 'SUSPECT', epoch: record.promised, peer });
    if (phase === 'training') membership.retry.await();
    else membership.retry.arm();
  }

  private learn(promised: number): void {
    const { record } = this.membership;
    record.floor = Math.max(record.floor, promised);
  }

  private onPrepare(message: PrepareMessage, from: NodeId): void {
    const { membership } = this;
    const { record, phase, view } = membership;
    const { epoch, incarnation, installed } = message;
    this.learn(epoch);
    // A view that may never have been complete does not stand in the way of a newer one.
    if (phase === 'training' && installed <= view!.epoch && record.knowsComplete(view!)) {
      const isFellow = incarnationIn(view!, from) === incarnation;
      if (!isFellow) return this.parts.admission.tellOutsider(from, incarnation);
    }
    // Who has promised it in an earlier incarnation has not the state any more that it told of then.
    const isAnew = epoch === record.promised && phase === 'joining';
    if (epoch > record.promised || isAnew) membership.promise(epoch, 'promising');
    else if (epoch < record.promised) this.refuse(epoch, from);
    else if (phase === 'promised') this.parts.follower.answer();
  }

  private refuse(epoch: number, from: NodeId): void {
    const { record, phase } = this.membership;
    const isIdle = phase === 'halted' || phase === 'joining';
    this.membership.outbox.say(from, { kind: 'REFUSE', epoch, promised: record.promised, isIdle });
  }

  /** Whether another node leads the change of view that this one waits for. */
  private get isLed(): boolean {
    const { phase, record, world } = this.membership;
    return (phase === 'promising' || phase === 'promised') && record.leader !== world.self;
  }

  /** Somebody waits for this node to lead it into a view, and may do so in vain. */
  private onAwait(epoch: number, from: NodeId): void {
    const { phase, record } = this.membership;
    this.learn(epoch);
    if (phase === 'training') this.parts.admission.tellOutsider(from);
    else if (phase === 'collecting') this.parts.initiator.alsoAsk(from);
    else if (phase === 'halted' || phase === 'joining') this.refuse(epoch, from);
    else if (initiatorOf(record.promised) !== this.membership.world.self) this.refuse(epoch, from);
  }

  /** Somebody has promised a newer epoch: its initiator goes on, or this one does if there is none. */
  private onRefuse({ epoch, promised, isIdle }: RefuseMessage): void {
    const { membership } = this;
    this.learn(promised);
    const { phase, record } = membership;
    if (phase === 'joining' && !isIdle) return this.parts.admission.referred(promised);
    if ((phase !== 'collecting' && phase !== 'promised') || epoch !== record.promised) return;
    if (isIdle) return membership.initiate();
    this.parts.initiator.abandon();
    membership.phase = 'promised';
    membership.watches.only([record.leader]);
    membership.retry.arm();
  }

  private onHalt(message: HaltMessage): void {
    const { phase, record } = this.membership;
    if (phase === 'promised' && message.epoch === record.promised)
      this.parts.follower.halt(message);
  }

  private onSuspect({ epoch, peer }: SuspectMessage, from: NodeId): void {
    const { membership } = this;
    const { phase, view, record } = membership;
    this.learn(epoch);
    if (phase === 'halted') return membership.initiate();
    if (phase === 'training' && incarnationIn(view!, from) === undefined)
      return this.parts.admission.tellOutsider(from);
    const concernsView = phase === 'training' && view!.members.includes(peer);
    const concernsPromise = phase === 'promised' && record.leader === peer;
    if ((concernsView || concernsPromise) && epoch >= record.promised) membership.initiate();
  }

  private onWelcome(message: WelcomeMessage, from: NodeId): void {
    const { membership } = this;
    const { phase, view, record, world } = membership;
    this.learn(message.promised);
    if (phase !== 'joining') {
      if (message.epoch <= (view?.epoch ?? -1)) return;
      if (phase === 'training' && !message.isComplete) return membership.retry.await();
      // What it has promised to somebody else it must be able to keep.
      const isBound =
        phase === 'installing' ||
        ((phase === 'promising' || phase === 'promised') &&
          message.epoch < record.promised &&
          initiatorOf(record.promised) !== world.self);
      if (!message.isComplete) return;
      if (isBound) return;
      membership.leave();
    }
    this.parts.admission.welcomed(message, from);
  }

  /** Those of whom it hears nothing may be heard again, and have had no reason to say anything. */
  probe(): void {
    const { watches, view } = this.membership;
    const epoch = view?.epoch ?? -1;
    for (const peer of watches.silent.keys())
      this.membership.outbox.say(peer, { kind: 'HELLO', epoch, isDeaf: true, isReminder: true });
  }

  private onHello({ epoch, isDeaf }: HelloMessage, from: NodeId): void {
    const { phase, view } = this.membership;
    const own = view?.epoch ?? -1;
    if (phase === 'training' && epoch < own) this.parts.admission.tellOutsider(from);
    const answer = { kind: 'HELLO', epoch: own, isDeaf: false, isReminder: false } as const;
    if (isDeaf) this.membership.outbox.say(from, answer);
  }
}
