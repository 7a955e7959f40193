/**
 * A server's place among the others (PROTOCOLS C and D): who is suspected, who is let in, who becomes head, and what to
 * do when no server remembers anything. It decides when the server leads, follows or leaves, and knows nothing of
 * updates or work beyond how many there are.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import { type HaltedNote, NOTES, type SuspectedNote } from '../../spec/notes.ts';
import { CheckpointKeeper } from '../../replication/checkpoint-keeper.ts';
import { Acceptor } from './acceptor.ts';
import { Retry } from './retry.ts';
import { type Candidate, Election, HALT_ALARM } from './election.ts';
import { ViewAnnouncer, VACANCY_ALARM } from './view-announcer.ts';
import { accuse, isPromised, refuse } from './view-promise.ts';
import type { PrimaryRole } from './primary-role.ts';
import type { ReplicaState } from './replica.ts';
import type * as Says from './resilient-messages.ts';
import { SMALL_BYTES, viewBytes } from './resilient-messages.ts';
import { othersThan, type ResilientSettings } from './resilient-settings.ts';
import { Restart } from './restart.ts';
import { ELECT_ALARM } from './back-off.ts';
import { initialView, type ServerView } from './view.ts';

export class ServerMembership implements Candidate {
  readonly acceptor: Acceptor;
  readonly election: Election;
  readonly keeper: CheckpointKeeper<ReplicaState>;
  served: ServerView | null = null;
  restarting = false;
  isHalted = false;
  private readonly restart: Restart;
  private readonly viewAnnouncer: ViewAnnouncer;
  private readonly viewBytes: number;
  /** Updates that had been made when the view that it serves began. */
  private begunWith = 0;
  private readonly retry: Retry;
  /** What workers that begin anew with the view that is being installed had in hand as they entered it. */
  private readonly working = new Map<NodeId, readonly Says.WorkItem[]>();

  constructor(
    private readonly world: World,
    private readonly settings: ResilientSettings,
    private readonly primary: PrimaryRole,
  ) {
    const { self, incarnation } = world;
    const first = incarnation === 0 ? initialView(settings.nodes, settings.workers) : null;
    this.acceptor = new Acceptor(incarnation, first);
    this.election = new Election(world, this.acceptor, this, settings);
    this.keeper = new CheckpointKeeper(world, settings.costs);
    this.restart = new Restart(world, settings, this.acceptor, this.keeper);
    this.retry = new Retry(world, settings);
    this.viewBytes = viewBytes(settings.nodes);
    this.viewAnnouncer = new ViewAnnouncer(world, settings, primary);
    if (first?.chain[0] === self) this.served = first;
  }

  start(): void {
    if (this.acceptor.takesPart) this.watchOthers();
    else this.join();
  }

  /** Whether it serves workers now. */
  get serves(): boolean {
    return this.served !== null && !this.isHalted;
  }

  /** Whether what the tail has is safe for good: nobody, this server included, is about to end its epoch. */
  get mayCommit(): boolean {
    return this.serves && this.acceptor.promised === this.served!.epoch;
  }

  /** True while the last checkpoint is read. */
  get isLoading(): boolean {
    return this.restart.isLoading;
  }

  get ready(): boolean {
    return this.primary.settled;
  }

  report(): Says.NodeReport {
    const { takesPart, view } = this.acceptor;
    const stands = takesPart && view!.chain[0] !== this.world.self;
    return this.acceptor.report(stands ? this.primary.received : -1, -1);
  }

  install(view: ServerView, reports: ReadonlyMap<NodeId, Says.NodeReport>): void {
    this.working.clear();
    const least = this.served === null ? this.primary.received : this.primary.safe;
    this.viewAnnouncer.install({ view, reports, least, restart: this.restarting });
  }

  lead(view: ServerView): void {
    const before = this.served;
    const old = this.acceptor.settled;
    this.acceptor.settle(view.epoch);
    this.served = view;
    this.isHalted = false;
    const { ending } = this.election;
    this.viewAnnouncer.proclaim({ view, before, old, ending, restarted: this.restarting });
    this.restarting = false;
    this.begunWith = this.primary.received;
    this.primary.lead(view, before, this.working);
    this.election.attempt();
  }

  outdated(view: ServerView): void {
    this.leave(view);
  }

  halted(note: HaltedNote): void {
    this.isHalted = true;
    this.world.note(NOTES.halted, note);
  }

  suspected(peer: NodeId): void {
    const note: SuspectedNote = { peer };
    this.world.note(NOTES.suspected, note);
    this.restart.told.delete(peer);
    this.election.suspected(peer);
    accuse(this.world, this.acceptor, peer);
    this.election.attempt();
  }

  /** Something has come from a node: if it was suspected, it is not any more. */
  heard(from: NodeId): void {
    if (this.election.suspects.delete(from)) this.world.watch(from);
  }

  woken(alarm: string): void {
    if (alarm === ELECT_ALARM) this.election.due();
    else if (alarm === VACANCY_ALARM) this.viewAnnouncer.vacancyDue(this.served);
    else if (alarm === HALT_ALARM) this.election.haltDue();
    else if (!this.acceptor.takesPart && !this.restarting) this.ask();
  }

  /** Takes what is said about views; false if it is about something else. */
  receive(message: { readonly kind: string }, from: NodeId): boolean {
    const said = message as Says.ResilientMessage;
    if (said.kind === 'prepare') this.takePrepare(said, from);
    else if (said.kind === 'promised') this.election.promised(from, said.epoch, said.report);
    else if (said.kind === 'refused') this.election.refused(said.promised);
    else if (said.kind === 'install') this.takeInstall(said, from);
    else if (said.kind === 'installed') this.takeInstalled(said, from);
    else if (said.kind === 'settled') this.takeSettled(said);
    else if (said.kind === 'stale') this.takeStale(said);
    else if (said.kind === 'accusation') this.takeAccusation(said);
    else if (said.kind === 'join') this.takeJoin(said, from);
    else if (said.kind === 'told') this.takeTold(said, from);
    else if (said.kind === 'hello') this.takeHello(said, from);
    else return false;
    return true;
  }

  /** Something was read from storage. */
  loaded(name: string, value: object | null): void {
    const found = this.restart.loaded(name, value);
    if (found === null) return;
    if (found !== 'initial') this.primary.restore(found);
    this.restart.tellRedone(this.primary.received);
    this.restarting = true;
    this.election.begin(this.keeper.epoch);
  }

  private takePrepare(prepare: Says.Prepare, from: NodeId): void {
    const { acceptor, world } = this;
    if (!isPromised(world, acceptor, prepare, from)) return;
    const report = this.report();
    this.election.yield();
    this.stepDown();
    const promised: Says.Promised = { kind: 'promised', epoch: prepare.epoch, report };
    world.send(from, promised, this.viewBytes);
  }

  private takeInstall({ view, state, notices }: Says.Install, from: NodeId): void {
    const { world, acceptor } = this;
    if (view.lives[world.self] !== world.incarnation) return this.leave(view);
    if (!acceptor.accept(view)) return refuse(world, acceptor, from);
    this.desist();
    this.retry.end();
    this.election.backOff.cancel();
    this.election.joiners.clear();
    this.election.suspects.clear();
    this.primary.follow(state, notices);
    this.watchOthers();
    const life = world.incarnation;
    const installed: Says.Installed = { kind: 'installed', epoch: view.epoch, life, working: [] };
    world.send(from, installed, SMALL_BYTES);
  }

  private takeInstalled({ epoch, life, working }: Says.Installed, from: NodeId): void {
    // Whoever has been served since then may have been given more than it said that it had.
    if (this.served?.sessions[from] === epoch) this.primary.greeted(from, working);
    else if (this.acceptor.view?.sessions[from] === epoch) this.working.set(from, working);
    this.election.accepted(from, epoch, life);
  }

  private takeSettled({ epoch }: Says.Settled): void {
    this.acceptor.settle(epoch);
    if (this.acceptor.settled?.epoch === epoch) this.election.backOff.settle();
  }

  private takeStale({ view }: Says.Stale): void {
    const { self, incarnation } = this.world;
    const newer = view.epoch > (this.acceptor.view?.epoch ?? -1);
    if (newer && view.lives[self] !== incarnation) this.leave(view);
  }

  private takeJoin({ life, promised }: Says.Join, from: NodeId): void {
    const { world, election } = this;
    if (from >= this.settings.workers) {
      world.send(from, { kind: 'told', report: this.report() } as Says.Told, this.viewBytes);
      // What this one has asked it was lost, if it has come back since.
      if (!this.acceptor.takesPart && this.restart.told.get(from)?.life !== life)
        world.send(from, this.request(), SMALL_BYTES);
    }
    if (this.isHasty(from) || !election.joined(from, life, promised)) return;
    if (election.phase === 'preparing') election.evaluate();
    else if (this.served !== null || election.phase === 'installing') election.begin();
    else election.attempt();
  }

  /**
   * Whether a node outside the view asks before all is safe that was under way when the view began. It asks again, and
   * one that cannot be kept in the chain would otherwise come and go without an update in between.
   */
  private isHasty(joiner: NodeId): boolean {
    const { served, election } = this;
    return (
      served !== null &&
      election.phase === 'idle' &&
      served.lives[joiner] < 0 &&
      this.primary.safe < this.begunWith
    );
  }

  private takeTold({ report }: Says.Told, from: NodeId): void {
    if (!this.acceptor.takesPart && !this.restarting) this.restart.hear(from, report);
  }

  private takeHello({ life }: Says.Hello, from: NodeId): void {
    if (this.served !== null) this.viewAnnouncer.answer(this.served, from, life);
  }

  /** Gives up all plans of its own. */
  private desist(): void {
    this.election.abort();
    this.stepDown();
    this.restarting = false;
    this.restart.forget();
    this.isHalted = false;
  }

  private stepDown(): void {
    if (this.served === null) return;
    this.served = null;
    this.primary.stepDown();
  }

  /** Others have gone on: all it has is void, and it asks to be let in. */
  private leave(view: ServerView): void {
    this.desist();
    this.acceptor.learn(view, null);
    this.join();
  }

  private join(): void {
    this.retry.end();
    this.ask();
  }

  /** Asks to be let in, and what there was. */
  private ask(): void {
    const { restart, retry } = this;
    retry.make(this.request(), `nobody has let it in: it waits for ${restart.waitsFor()}`);
  }

  private request(): Says.Join {
    return { kind: 'join', life: this.world.incarnation, promised: this.acceptor.promised };
  }

  /** Watches the other servers, and as head everybody. */
  private watchOthers(): void {
    const { world, settings, acceptor } = this;
    for (const node of othersThan(world.self, settings.nodes)) {
      const matters = this.served !== null || acceptor.view!.chain.includes(node);
      if (matters) world.watch(node);
      else world.unwatch(node);
    }
  }

  private takeAccusation({ epoch, peer }: Says.Accusation): void {
    // One that has come back with nothing meanwhile is not the one that was meant.
    if (this.served?.epoch !== epoch || this.election.joiners.has(peer)) return;
    this.election.expelled.add(peer);
    this.election.attempt();
  }
}
