/**
 * The side of a change of view that leads it (see membership.ts): it asks all who may matter, waits for those of whom
 * anything is heard, decides, and tells all what has been decided.
 */
import type { NodeId } from '../../../engine/world.ts';
import { nextEpoch } from '../epoch.ts';
import type { Follower } from './follower.ts';
import type { Decision } from '../host.ts';
import type { Admission } from './admission.ts';
import type { ViewChange } from '../change.ts';
import type { HaltMessage, InstallMessage, PromiseMessage } from '../messages.ts';
import { Proposal } from './proposal.ts';
import { ascending, firstView, incarnationIn, viewOf } from '../view.ts';

export const GRACE_ALARM = 'membership/grace';

/** Whoever is reported silent is waited for so many heartbeats at most. */
const GRACE_HEARTBEATS = 2;
/** After so many attempts in vain all nodes there are are asked: those known may be gone. */
const NARROW_ATTEMPTS = 2;

export class Initiator<Inventory, Plan> {
  proposal: Proposal<Inventory> | null = null;
  private readonly membership: ViewChange<Inventory, Plan>;
  private readonly admission: Admission;
  private readonly follower: Follower<Inventory, Plan>;
  private isGraceOver = false;
  private isGraceArmed = false;

  constructor(
    membership: ViewChange<Inventory, Plan>,
    admission: Admission,
    follower: Follower<Inventory, Plan>,
  ) {
    this.membership = membership;
    this.admission = admission;
    this.follower = follower;
  }

  /**
   * Promises an epoch above all that is known, and asks everybody. That need not wait for the disk: if this node crashes
   * before its promise is there, and uses the epoch again, nothing can have been decided in it.
   */
  begin(): void {
    const { membership } = this;
    const { record, world, watches, view } = membership;
    const gone = ascending(watches.silent.keys()).filter((node) => view?.members.includes(node));
    membership.promise(nextEpoch(record.highest, world.self), 'collecting');
    membership.host.repairing(record.promised, gone);
    this.proposal = new Proposal(record.promised, world.now());
    const candidates = this.candidates();
    watches.only(candidates.filter((node) => !watches.silent.has(node)));
    this.proposal.asked.add(world.self);
    this.ask(candidates);
  }

  abandon(): void {
    this.proposal = null;
    this.isGraceOver = false;
    this.isGraceArmed = false;
    this.membership.world.cancel(GRACE_ALARM);
  }

  private get hasPromised(): boolean {
    return this.proposal!.promises.has(this.membership.world.self);
  }

  /** Its own promise is on the disk: from now on it can decide. */
  promised(): void {
    this.receive(this.follower.promise(), this.membership.world.self);
  }

  receive(promise: PromiseMessage<Inventory>, from: NodeId): void {
    const { proposal, membership } = this;
    if (membership.phase !== 'collecting' || promise.epoch !== proposal!.epoch)
      return this.promisedLate(promise, from);
    this.ask(proposal!.add(from, promise));
    this.settle();
  }

  /** A promise for what is decided already: its sender was given up too early. */
  private promisedLate({ epoch, incarnation }: PromiseMessage<Inventory>, from: NodeId): void {
    const { membership } = this;
    if (membership.phase === 'training') this.admission.tellOutsider(from, incarnation);
    else if (membership.phase === 'halted') {
      if (epoch === membership.record.promised) membership.initiate();
    } else this.admission.callers.set(from, incarnation);
  }

  /** Asks those, again if they were asked. */
  ask(nodes: readonly NodeId[]): void {
    const { world, view, watches } = this.membership;
    const { asked, epoch } = this.proposal!;
    const installed = view?.epoch ?? -1;
    for (const node of nodes) {
      asked.add(node);
      if (node === world.self) continue;
      // Whoever is asked is waited for, and may fall silent once more.
      watches.want(node);
      const said = { epoch, incarnation: world.incarnation, installed, isReminder: true };
      this.membership.outbox.say(node, { kind: 'PREPARE', ...said });
    }
  }

  /** That node waits for a view, and may not have been asked. */
  alsoAsk(node: NodeId): void {
    if (!this.proposal!.asked.has(node)) this.ask([node]);
  }

  /** That node is there, maybe in a new incarnation that has not heard. */
  askAgain(node: NodeId, incarnation: number): void {
    const { asked, promises } = this.proposal!;
    if (!asked.has(node) || promises.get(node)?.incarnation === incarnation) return;
    this.proposal!.cameBack(node);
    this.ask([node]);
  }

  /** Asks those it waits for once more: they may have been in a view that was not complete yet. */
  remind(): void {
    const { certain, doubtful } = this.proposal!.waiting(this.membership.watches.silent);
    this.ask([...certain, ...doubtful]);
  }

  suspected(peer: NodeId): void {
    this.proposal!.promises.delete(peer);
    // It may have come back, and not have heard. As long as nothing can be decided there is time to hear of it; who has
    // called before is there.
    if (this.hasPromised || this.admission.callers.has(peer)) this.proposal!.doubted.add(peer);
    this.ask([peer]);
    this.settle();
  }

  graceOver(): void {
    if (this.membership.phase !== 'collecting') return;
    this.isGraceOver = true;
    this.settle();
  }

  decided(epoch: number, decision: Decision<Plan>): void {
    if (this.membership.phase === 'deciding' && this.proposal!.epoch === epoch) this.act(decision);
  }

  private candidates(): NodeId[] {
    const { record, settings, missing, retry, view, world } = this.membership;
    const knows = record.views.length > 0 && view !== null;
    if (!knows || retry.attempt >= NARROW_ATTEMPTS)
      return [...firstView(settings.nodeCount).members];
    const members = record.views.flatMap((known) => known.members);
    return ascending([...members, ...this.admission.ready, ...missing, world.self]);
  }

  /** Decides once nobody is waited for; those that others do not hear are given as long again as the rest took. */
  private settle(): void {
    const { world, watches, settings } = this.membership;
    if (!this.hasPromised || this.proposal!.waitsSurely(watches.silent)) return;
    const { certain, doubtful } = this.proposal!.waiting(watches.silent);
    if (certain.length > 0) return;
    if (doubtful.length === 0 || this.isGraceOver) return this.decide();
    if (this.isGraceArmed) return;
    this.isGraceArmed = true;
    const tookNs = world.now() - this.proposal!.askedNs;
    world.wake(GRACE_ALARM, Math.min(tookNs, GRACE_HEARTBEATS * settings.heartbeatNs));
  }

  private decide(): void {
    const { membership } = this;
    const { watches, world } = membership;
    const proposal = this.proposal!;
    // Of whom nothing was heard at first, it may have heard since.
    proposal.promises.set(world.self, this.follower.promise());
    const assembly = proposal.assembly();
    const { contributions } = assembly;
    const all = firstView(membership.settings.nodeCount);
    const lacking = proposal.lacks(contributions, all, membership.host.cores ?? []);
    const here = new Set(contributions.map(({ node }) => node));
    const missing = lacking?.members.filter((node) => !here.has(node)) ?? [];
    // Without those it cannot go on: they are given the time of a silence, as long as that is on their wires by now.
    const unheard = missing.filter((node) => proposal.expects(node, watches.silent));
    if (unheard.length > 0) return watches.expect(unheard);
    membership.phase = 'deciding';
    if (lacking === null) return this.act(membership.host.decide(assembly));
    const { length } = lacking.members;
    const reason = `nodes ${missing.join(', ')} of ${length} are missing, more than half must be here`;
    this.act({ kind: 'halt', reason, missing, againNs: null });
  }

  private act(decision: Decision<Plan>): void {
    if (decision.kind === 'go') this.install(decision.plan);
    else if (decision.kind === 'halt') this.halt(decision);
  }

  private install(plan: Plan): void {
    const { membership } = this;
    const { contributions, known, epoch } = this.proposal!.assembly();
    const members = contributions.map(({ node }) => node);
    const incarnations = contributions.map(({ incarnation }) => incarnation);
    // Of views that came to nothing nobody may have been told.
    const base = known.at(0);
    const joined = contributions.filter(
      ({ node, incarnation, joining }) =>
        joining || (base !== undefined && incarnationIn(base, node) !== incarnation),
    );
    const view = viewOf({ epoch, members, incarnations, joined: joined.map(({ node }) => node) });
    const message: InstallMessage<Plan> = { kind: 'INSTALL', view, known, plan };
    for (const member of members) membership.outbox.say(member, message);
    this.abandon();
    membership.phase = 'promised';
    membership.retry.arm();
    this.follower.install(message);
  }

  private halt(decision: Decision<Plan> & { kind: 'halt' }): void {
    const { membership } = this;
    const { epoch, promises } = this.proposal!;
    const together = ascending(promises.keys());
    const message: HaltMessage = { ...decision, kind: 'HALT', epoch, together };
    for (const node of together) membership.outbox.say(node, message);
    this.abandon();
    this.follower.halt(message);
  }
}
