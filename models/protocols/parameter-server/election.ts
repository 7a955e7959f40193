/**
 * How a server brings about a new epoch (PROTOCOLS C and D): it asks all for their promise, waits for every server to
 * answer or fall silent and for a majority of every epoch that may be in force, then has the new view accepted likewise.
 * It decides who takes part, and knows nothing of weights or work.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import { NOTES, type HaltedNote, type RepairNote } from '../../spec/notes.ts';
import { nextEpoch } from '../../membership/epoch.ts';
import type { Acceptor } from './acceptor.ts';
import { newView, viewsToEnd, whyTooFew } from './proposal.ts';
import { type NodeReport, type Prepare, SMALL_BYTES } from './resilient-messages.ts';
import type { ResilientSettings } from './resilient-settings.ts';
import { BackOff } from './back-off.ts';
import { mayEnd, membersOf, type ServerView } from './view.ts';

/** The server whose election it is. */
export interface Candidate {
  report(): NodeReport;
  /** The view it serves as head without a break; null for a head to be. */
  readonly served: ServerView | null;
  /** True where it goes on from a checkpoint, the state of every other server being gone. */
  readonly restarting: boolean;
  /** False as long as it must finish something before a view can be installed. */
  readonly ready: boolean;
  /** Sends the view to all but itself. */
  install(view: ServerView, reports: ReadonlyMap<NodeId, NodeReport>): void;
  /** The view is in force. */
  lead(view: ServerView): void;
  /** Others have gone on without it. */
  outdated(view: ServerView): void;
  /** No majority is there. */
  halted(note: HaltedNote): void;
}

export const HALT_ALARM = 'halt';

/** How often the time between two looks at who is there doubles at the most. */
const MOST_DOUBLINGS = 7;

export class Election {
  phase: 'idle' | 'preparing' | 'installing' = 'idle';
  readonly backOff: BackOff;
  /** Whom the world calls silent, and who has not been heard of since. */
  readonly suspects = new Set<NodeId>();
  /** Who is to leave though the head hears it: another standby does not. */
  readonly expelled = new Set<NodeId>();
  /** Who asks to be let in, and in which life. */
  readonly joiners = new Map<NodeId, number>();
  private epoch = 0;
  /** How often it has looked since who is there; and whether no majority was. */
  private looks = 0;
  private isVain = false;
  /** The highest epoch that somebody has refused this server for. */
  private highest = 0;
  private readonly reports = new Map<NodeId, NodeReport>();
  private readonly asked = new Set<NodeId>();
  private proposed: ServerView | null = null;
  /** Whether nobody else will answer and those who have are no majority: then the servers settle it, if all are there. */
  private isAlone = false;
  /** The views that must end for the proposed one to begin. */
  ending: readonly ServerView[] = [];
  private readonly installed = new Map<NodeId, number>();

  constructor(
    private readonly world: World,
    private readonly acceptor: Acceptor,
    private readonly candidate: Candidate,
    private readonly settings: Pick<ResilientSettings, 'workers' | 'silenceNs'>,
  ) {
    this.backOff = new BackOff(world, settings.silenceNs);
  }

  /** Whether there is a reason for a new epoch that is this server's concern. */
  isWanted(): boolean {
    const { acceptor, candidate } = this;
    if (candidate.restarting) return true;
    if (!acceptor.takesPart) return false;
    const view = acceptor.view!;
    // Somebody has asked for a new epoch, and none has come of it.
    if (acceptor.promised > view.epoch) return true;
    // Its own view has come to nothing: others had promised somebody else.
    if (view.chain[0] === this.world.self && candidate.served?.epoch !== view.epoch) return true;
    if (candidate.served === null) return this.isGone(view.chain[0]);
    const changes = this.joiners.size + this.expelled.size;
    return changes > 0 || membersOf(view).some((node) => this.isGone(node));
  }

  /** Begins if there is a reason and it is this server's turn; otherwise maybe later. */
  attempt(): void {
    if (this.phase !== 'idle' || !this.isWanted()) return;
    const { promised, view } = this.acceptor;
    if (this.place() === 0 && promised <= (view?.epoch ?? 0)) this.begin();
    else if (!this.backOff.isSet) this.backOff.set(this.place());
  }

  /** The time of an attempt has come. */
  due(): void {
    this.backOff.pass();
    if (this.phase === 'idle' && this.isWanted()) this.begin();
  }

  /** Asks all for their promise, in an epoch above all it knows of: `known` as well, which all may have forgotten. */
  begin(known = 0): void {
    const { world, acceptor } = this;
    this.epoch = nextEpoch(Math.max(this.highest, acceptor.promised, known), world.self);
    acceptor.promised = this.epoch;
    this.phase = 'preparing';
    this.proposed = null;
    this.looks = 0;
    this.isVain = false;
    this.reports.clear();
    this.reports.set(world.self, this.candidate.report());
    this.asked.clear();
    this.asked.add(world.self);
    world.note(NOTES.repair, { epoch: this.epoch, gone: [...this.suspects] } satisfies RepairNote);
    this.backOff.cancel();
    world.wake(HALT_ALARM, 2 * this.settings.silenceNs);
    this.evaluate();
  }

  /** Drops the attempt. */
  abort(): void {
    if (this.phase === 'idle') return;
    this.phase = 'idle';
    this.proposed = null;
    this.world.cancel(HALT_ALARM);
  }

  /** Its place among the servers of its view that are not suspected; 0 is next to lead. */
  place(): number {
    const chain = this.acceptor.view?.chain ?? [];
    const before = chain.slice(0, Math.max(0, chain.indexOf(this.world.self)));
    return before.filter((server) => !this.isGone(server)).length;
  }

  /** Whether a node is suspected, or has come back with nothing. */
  isGone(node: NodeId): boolean {
    const life = this.acceptor.view?.lives[node] ?? -1;
    return this.suspects.has(node) || (this.joiners.get(node) ?? -1) > life;
  }

  suspected(peer: NodeId): void {
    this.suspects.add(peer);
    // What was planned may have been for the sake of that one.
    this.backOff.pass();
    if (this.phase === 'preparing') this.evaluate();
    else if (this.phase === 'installing' && this.proposed!.lives[peer] >= 0) this.begin();
  }

  /** A node asks to be let in; whether that changes anything. */
  joined(node: NodeId, life: number, promised: number): boolean {
    const view = this.proposed ?? this.acceptor.view;
    // It asked before it heard that it has been let in, or is about to be.
    if (view?.lives[node] === life && promised < view.sessions[node]) return false;
    if (this.proposed?.lives[node] === life && promised <= this.epoch) return false;
    if (this.joiners.get(node) === life && this.phase === 'preparing') return false;
    this.highest = Math.max(this.highest, promised);
    this.joiners.set(node, life);
    this.expelled.delete(node);
    this.asked.delete(node);
    this.reports.delete(node);
    return true;
  }

  promised(from: NodeId, epoch: number, report: NodeReport): void {
    if (this.phase !== 'preparing' || epoch !== this.epoch) return;
    this.reports.set(from, report);
    if (report.joining) {
      this.joiners.set(from, report.life);
      this.expelled.delete(from);
    }
    this.evaluate();
  }

  refused(promised: number): void {
    this.highest = Math.max(this.highest, promised);
    if (this.phase === 'idle' || promised < this.epoch) return;
    this.backOff.thwart();
    this.abort();
    this.backOff.set(this.place());
  }

  /** Has promised to follow another, who is given time to bring a view about. */
  yield(): void {
    if (this.phase !== 'idle') this.backOff.thwart();
    this.abort();
    this.backOff.yield(this.place());
  }

  /** A node has entered the view, which it does in the life that the view knows alone. */
  accepted(from: NodeId, epoch: number, life: number): void {
    if (this.phase !== 'installing' || epoch !== this.epoch) return;
    const view = this.proposed!;
    this.installed.set(from, life);
    if (!view.chain.every((server) => this.installed.has(server))) return;
    if (!mayEnd(this.ending, this.installed, this.isAlone)) return;
    this.phase = 'idle';
    this.proposed = null;
    this.world.cancel(HALT_ALARM);
    for (let node = 0; node < view.lives.length; node++) {
      const isOut = view.lives[node] < 0;
      // One that has fallen silent again asks anew, should it come back.
      const isAnswered = isOut
        ? this.suspects.has(node)
        : this.joiners.get(node) === view.lives[node];
      if (isAnswered) this.joiners.delete(node);
      if (isOut) this.suspects.delete(node);
    }
    this.expelled.clear();
    this.backOff.settle();
    this.candidate.lead(view);
  }

  /** Installs the view if all that must be heard is heard. */
  evaluate(): void {
    if (this.phase !== 'preparing') return;
    const views = viewsToEnd(this.acceptor, this.reports.values());
    const newest = views[views.length - 1];
    const { self } = this.world;
    const own = newest.chain.includes(self) && newest.lives[self] === this.world.incarnation;
    if (!own && !this.candidate.restarting) {
      this.abort();
      return this.candidate.outdated(newest);
    }
    const electorate = this.electorate(views);
    for (const node of electorate) this.ask(node, newest.epoch);
    const { reports, suspects, candidate, settings } = this;
    const awaited = electorate.filter((node) => !reports.has(node) && !suspects.has(node));
    if (awaited.some((node) => node >= settings.workers) || !candidate.ready) return;
    const heard = this.heard();
    this.isAlone = awaited.length === 0 && !mayEnd(views, heard, false);
    if (!mayEnd(views, heard, this.isAlone)) return;
    this.install(newest, electorate, views);
  }

  /** Says so where a majority is out of reach; otherwise looks again later. */
  haltDue(): void {
    if (this.phase === 'idle') return;
    const views = viewsToEnd(this.acceptor, this.reports.values());
    const hoped = this.heard();
    const electorate = this.electorate(views);
    const { epoch, lives } = views[views.length - 1];
    for (const node of electorate)
      if (!hoped.has(node) && !this.suspects.has(node)) hoped.set(node, lives[node]);
    const lacking = views.find((view) => !mayEnd([view], hoped, true));
    const doublings = Math.min(++this.looks, MOST_DOUBLINGS);
    this.world.wake(HALT_ALARM, 2 ** doublings * this.settings.silenceNs);
    if (lacking === undefined) return;
    // One that was taken for dead by mistake may have nothing to say until it is asked again.
    for (const node of electorate) {
      if (this.suspects.has(node)) this.asked.delete(node);
      this.ask(node, epoch, true);
    }
    if (this.isVain) return;
    this.isVain = true;
    this.candidate.halted({ reason: whyTooFew(lacking, hoped) });
  }

  /** Who can be counted on, and in which life. */
  private heard(): Map<NodeId, number> {
    const heard = new Map<NodeId, number>();
    for (const [node, { life }] of this.reports)
      if (!this.suspects.has(node) && !this.expelled.has(node)) heard.set(node, life);
    return heard;
  }

  private electorate(views: readonly ServerView[]): NodeId[] {
    const nodes = new Set<NodeId>(this.joiners.keys());
    for (const view of views) for (const node of membersOf(view)) nodes.add(node);
    return [...nodes].sort((one, other) => one - other);
  }

  private ask(node: NodeId, base: number, isReminder = false): void {
    if (this.asked.has(node)) return;
    this.asked.add(node);
    if (!this.suspects.has(node)) this.world.watch(node);
    const { epoch, world } = this;
    const prepare: Prepare = { kind: 'prepare', epoch, life: world.incarnation, base, isReminder };
    world.send(node, prepare, SMALL_BYTES);
  }

  private install(base: ServerView, electorate: readonly NodeId[], views: ServerView[]): void {
    const { self, incarnation } = this.world;
    const { candidate, joiners, reports, suspects, expelled, epoch } = this;
    const members = electorate.filter(
      (node) => node !== self && !suspects.has(node) && !expelled.has(node),
    );
    const served = candidate.restarting ? null : candidate.served;
    const { workers } = this.settings;
    const by = { epoch, head: self, life: incarnation, workers };
    const view = newView({ ...by, base, served, members, reports, joiners });
    this.phase = 'installing';
    this.proposed = view;
    this.ending = views;
    this.acceptor.accept(view);
    this.installed.clear();
    candidate.install(view, reports);
    this.accepted(self, epoch, incarnation);
  }
}
