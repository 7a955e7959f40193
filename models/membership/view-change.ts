/**
 * How nodes in a ring agree on who goes on after a failure, without a coordinator (PROTOCOLS C). It knows nothing of
 * what they work at: a host stops, reports, decides and installs.
 *
 *              start                     start after a crash
 *                |                               |
 *                v      RESUME                   v
 *           repairing ---------> training     joining <---- STALE, from any but `finished`
 *             ^  |  ^ suspicion,    |            |
 *             |  |  | REPAIR,       |            | REPAIR
 *        heal |  |  | admission     |            v
 *             |  |  +---------------+        repairing
 *             |  v HALT
 *            halted                 DONE, from any: finished
 *
 * Whoever suspects a peer promises an epoch above all it knows of and sends a REPAIR token round the candidates. Who
 * takes it promises that epoch too: stops, reports, drops what comes with a lower one. The holder skips suspects; who
 * still hears one holds the token until it suspects it as well, or takes it for alive: then an edge is cut. Home again,
 * the initiator decides from the reports and sends RESUME or HALT round. As all watch their nearest neighbours among
 * those they believe alive, and the one they gave the token to, a death in mid-repair is suspected by somebody, who
 * starts anew with a higher epoch. And a node that waits too long starts anew by itself, with patience that doubles.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { JoinProtocol } from './join-protocol.ts';
import { Ending } from './ending.ts';
import { firstEpochOf, initiatorOf, nextEpoch } from './epoch.ts';
import type { Post } from './post.ts';
import { clockwise, cutsAround, inRingOrder, leastEpoch, type Known } from './repair-token.ts';
import { RingWatch } from './ring-watch.ts';
import { TokenHolder } from './token-holder.ts';
import { cutOff, verdictOn } from './verdict.ts';
import type { Assembly, Decision, ViewHost } from './view-host.ts';
import { viewBytes, type HaltMessage, type RepairMessage } from './view-messages.ts';
import type { ResumeMessage, ViewMessage } from './view-messages.ts';
import { changePhase, patienceNs } from './view-phase.ts';
import type { Installed, ViewPhase, ViewSettings } from './view-phase.ts';

export class ViewChange<Report, Plan> {
  phase: ViewPhase = 'new';
  /** Null for a node without state. */
  installed: Installed | null = null;
  /** Nothing below it is listened to any more. */
  promised = 0;
  /** The highest promise anybody has told of. */
  floor = 0;
  /** Whom a halted node waits for. */
  missing: ReadonlySet<NodeId> = new Set();
  readonly watch: RingWatch;
  readonly joining: JoinProtocol;
  readonly ending: Ending;
  private readonly world: World;
  private readonly host: ViewHost<Report, Plan>;
  private readonly post: Post;
  private readonly settings: ViewSettings;
  readonly holder: TokenHolder<Report>;
  /** How many repairs in a row have come to nothing. */
  private attempt = 0;
  private assembly: Assembly<Report> | null = null;
  private resume: ResumeMessage<Plan> | null = null;

  constructor(world: World, post: Post, host: ViewHost<Report, Plan>, settings: ViewSettings) {
    this.world = world;
    this.post = post;
    this.host = host;
    this.settings = settings;
    this.watch = new RingWatch(world, settings.misses * settings.heartbeatNs);
    this.ending = new Ending(world, this, host);
    this.joining = new JoinProtocol(world, post, settings, this, host);
    this.holder = new TokenHolder(world, post, this.watch, settings, (token) => this.home(token));
  }

  /** The first view is agreed on like any other: node 0 begins. */
  start(): void {
    const { candidates } = this.holder;
    this.floor = firstEpochOf(this.world.incarnation);
    if (this.world.incarnation > 0) return this.joinRing();
    this.installed = { epoch: 0, members: candidates, lives: candidates.map(() => 0) };
    this.become('repairing');
    this.watch.neighbours(candidates);
    this.bePatient();
    if (this.world.self === 0) this.initiate();
  }

  suspected(peer: NodeId): void {
    if (this.isOver()) return;
    const member = this.installed?.members.includes(peer) ?? false;
    if (!member && this.watch.isNew(peer)) {
      this.watch.again(peer);
      return this.holder.passAgain(peer);
    }
    const known = this.watch.silent.has(peer);
    this.watch.suspected(peer);
    if (known) return;
    if (this.holder.holds) return this.holder.suspectMore();
    if (this.installed === null) return;
    const news = this.phase === 'repairing' && !this.holder.knownDead.includes(peer);
    if (news || (this.phase === 'training' && member)) this.initiate();
  }

  receive(message: ViewMessage<Report, Plan>, from: NodeId): void {
    if (this.isOver()) this.ending.answer(message, from);
    else if (message.kind === 'REPAIR') this.onRepair(message, from);
    else if (message.kind === 'RESUME') this.onResume(message);
    else if (message.kind === 'HALT') this.onHalt(message);
    else if (message.kind === 'DONE') this.ending.receiveDone(message);
    else if (message.kind === 'ENDING') this.ending.receive(message);
    else this.joining.receive(message, from);
  }

  woken(alarm: string): void {
    if (this.phase === 'finished') return;
    if (alarm === 'view/hold') this.holder.woken();
    else if (alarm === 'view/retry') this.retry();
    else this.joining.woken(alarm);
  }

  /** The answer that `decide` had put off; one for an epoch that is no longer in hand is of no meaning. */
  decided(epoch: number, decision: Decision<Plan>): void {
    if (this.phase === 'repairing' && this.assembly?.epoch === epoch) this.act(decision);
  }

  finish(): void {
    if (this.phase === 'finished') return;
    this.become('finished');
    this.joining.rest();
    this.watch.nobody();
    this.ending.finished();
  }

  /** Starts a repair with an epoch above all that is known, and a token for all who may be alive. */
  initiate(known: Known = { silences: [], heard: [] }): void {
    const { self } = this.world;
    const members = this.installed?.members ?? this.holder.candidates;
    this.promise(nextEpoch(Math.max(this.promised, this.floor), self), this.attempt);
    const { promised, attempt } = this;
    const gone = inRingOrder(this.watch.silent).filter((node) => members.includes(node));
    this.host.repairing(promised, gone);
    const base = this.installed?.epoch ?? -1;
    const candidates = inRingOrder([...members, ...this.missing, ...this.joining.joiners, self]);
    const reports: [] = [];
    this.visit({ kind: 'REPAIR', epoch: promised, base, attempt, candidates, reports, ...known });
  }

  leave(): void {
    this.host.drop();
    this.installed = null;
  }

  resumeAgain(to: NodeId): void {
    if (this.resume !== null) this.say(to, { ...this.resume, lap: false });
  }

  /** False for work of an epoch that is over; a sender that has been left behind with it is told so. */
  admits(epoch: number, from: NodeId): boolean {
    if (epoch >= (this.installed?.epoch ?? -1)) return true;
    if (this.isOut(from, epoch)) this.joining.refuse(from);
    return false;
  }

  /** Whether a node that is in the view of that epoch has been left behind by this one's, for good. */
  isOut(node: NodeId, epoch: number): boolean {
    if (epoch >= (this.installed?.epoch ?? -1)) return false;
    return !this.installed!.members.includes(node) && this.host.complete();
  }

  say(to: NodeId, message: ViewMessage<Report, Plan>): void {
    this.post.send(to, message, viewBytes(message), message.kind === 'DONE');
  }

  private become(phase: ViewPhase): void {
    this.phase = changePhase(this.world.self, this.phase, phase);
    this.holder.clear();
    this.assembly = null;
    this.world.cancel('view/retry');
  }

  joinRing(inVain = false): void {
    this.become('joining');
    this.watch.nobody();
    this.post.route([], new Set(), []);
    this.joining.join(inVain);
  }

  private promise(epoch: number, attempt: number): void {
    const { phase } = this;
    this.become('repairing');
    this.promised = epoch;
    this.attempt = attempt;
    this.bePatient();
    this.joining.rest();
    this.post.leave();
    if (phase !== 'training') return;
    this.host.stop();
    for (const peer of this.installed!.members)
      if (peer !== this.world.self) this.world.hangUp(peer);
  }

  private bePatient(): void {
    this.world.wake('view/retry', patienceNs(this.settings, this.attempt));
  }

  private retry(): void {
    if (this.phase !== 'halted') this.attempt++;
    this.joining.complain();
    if (this.installed === null) this.joinRing();
    else this.initiate();
  }

  /** Whoever knows that all is done waits to be told so, unless something goes wrong first. */
  private isOver(): boolean {
    if (this.ending.isKnown) this.finish();
    return this.phase === 'finished';
  }

  private onRepair(token: RepairMessage<Report>, from: NodeId): void {
    const initiator = initiatorOf(token.epoch);
    if (this.isOut(initiator, token.base)) {
      this.holder.goRound(token.silences.filter(([by]) => by === initiator));
      this.joining.refuse(initiator);
    } else if (token.epoch > this.promised) {
      this.promise(token.epoch, token.attempt);
      this.visit(token);
    } else if (this.phase === 'halted') this.joining.heard(from, false);
    else if (this.phase === 'repairing' && token.epoch < this.promised) this.outbid(token, from);
    else if (this.phase === 'repairing' && initiator === this.world.self) this.home(token);
  }

  private visit(token: RepairMessage<Report>): void {
    this.holder.visit(token, this.host.report(), this.installed === null);
  }

  /** A token of a lower epoch ends here, but what it knows of the dead must not. */
  private outbid(token: RepairMessage<Report>, from: NodeId): void {
    this.holder.goRound(token.silences);
    const winner = initiatorOf(this.promised);
    const known = this.holder.newsOf(token, [winner, from]);
    if (known === null || this.installed === null) return;
    if (winner !== this.world.self) return this.say(winner, token);
    this.initiate(known);
  }

  private home(token: RepairMessage<Report>): void {
    const { reports, epoch } = token;
    const least = leastEpoch(reports, this.world.incarnation);
    this.floor = Math.max(this.floor, least);
    if (epoch < least) return this.initiate();
    this.assembly = { epoch, reports, cuts: cutsAround(token) };
    this.act(cutOff(this.assembly, this.watch.silenceNs) ?? this.host.decide(this.assembly));
  }

  private act(decision: Decision<Plan>): void {
    if (decision.kind === 'later') return this.bePatient();
    const verdict = verdictOn(this.assembly!, decision);
    if (verdict.kind === 'RESUME') this.onResume(verdict);
    else this.onHalt(verdict);
  }

  private onResume(message: ResumeMessage<Plan>): void {
    const { epoch, members, cuts } = message;
    if (this.phase !== 'repairing' || epoch !== this.promised) return;
    if (message.lives[members.indexOf(this.world.self)] !== this.world.incarnation) return;
    const before = this.installed?.members ?? [];
    this.become('training');
    this.installed = { epoch, members, lives: message.lives };
    this.resume = message;
    this.missing = new Set();
    this.attempt = 0;
    for (const peer of before) if (!members.includes(peer)) this.world.hangUp(peer);
    this.watch.keep(cuts);
    this.holder.cuts = cuts;
    this.post.route(members, this.watch.silent, cuts);
    this.watch.neighbours(members, cuts);
    this.joining.settled();
    this.ending.reset();
    this.joining.greet(message.joined);
    if (message.lap) this.passOn(message, members);
    this.host.install(message, message.plan);
  }

  private onHalt(message: HaltMessage): void {
    const { againNs } = message;
    if (this.phase !== 'repairing' || message.epoch !== this.promised) return;
    this.passOn(message, message.members);
    if (this.installed === null) return this.joinRing(true);
    this.become('halted');
    this.missing = new Set(message.missing);
    this.joining.halted(message.members);
    this.host.halted(message.reason, againNs);
    const mine = initiatorOf(message.epoch) === this.world.self;
    // All others give the initiator time to ask again.
    if (againNs !== null) this.world.wake('view/retry', mine ? againNs : 2 * againNs);
  }

  /** RESUME and HALT go round until they would be home. */
  private passOn(message: ResumeMessage<Plan> | HaltMessage, ring: readonly NodeId[]): void {
    const [next] = clockwise(ring, this.world.self);
    if (next !== undefined && next !== initiatorOf(message.epoch)) this.say(next, message);
  }
}
