/**
 * Which head a worker follows (PROTOCOLS C and D): its promises, the view it has entered, and what it does when its
 * head is silent or has gone on without it. Knows no shares and no gradients.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import { NOTES, type SuspectedNote } from '../../spec/notes.ts';
import { Acceptor } from './acceptor.ts';
import { Retry } from './retry.ts';
import { isPromised, refuse } from './view-promise.ts';
import type * as Says from './resilient-messages.ts';
import { itemsBytes, SMALL_BYTES, viewBytes } from './resilient-messages.ts';
import type { ResilientSettings } from './resilient-settings.ts';
import { initialView, type ServerView } from './view.ts';

/** The worker that follows. */
export interface Vassal {
  /** Updates in its weights; -1: none. */
  readonly version: number;
  readonly working: readonly Says.WorkItem[];
  /** Throws away all it has in hand; with `restart` its weights too. */
  drop(restart: boolean): void;
  /** Follows a head that knows nothing of what it has said before. */
  renewed(): void;
}

export class WorkerMembership {
  /** True while it takes part in nothing, and asks to be let in. */
  isJoining = false;
  /** True from the suspicion of the head until something is heard of it. */
  isHeadSilent = false;
  session = 0;
  private readonly acceptor: Acceptor;
  private readonly retry: Retry;

  constructor(
    private readonly world: World,
    private readonly settings: ResilientSettings,
    private readonly vassal: Vassal,
  ) {
    const { incarnation } = world;
    const first = incarnation === 0 ? initialView(settings.nodes, settings.workers) : null;
    this.acceptor = new Acceptor(incarnation, first);
    this.retry = new Retry(world, settings);
  }

  get head(): NodeId {
    return this.acceptor.view!.chain[0];
  }

  start(): void {
    if (this.acceptor.takesPart) this.world.watch(this.head);
    else this.join();
  }

  /** Whether something was said by a head, or in a session, that the worker does not follow. */
  isForeign(session: number, from: NodeId): boolean {
    return this.isJoining || session !== this.session || from !== this.head;
  }

  /** Something has come from a node. */
  heard(from: NodeId): void {
    if (!this.isHeadSilent || from !== this.head) return;
    this.isHeadSilent = false;
    this.retry.end();
    this.world.watch(from);
  }

  suspected(peer: NodeId): void {
    const note: SuspectedNote = { peer };
    this.world.note(NOTES.suspected, note);
    if (this.isJoining || peer !== this.head) return;
    this.isHeadSilent = true;
    this.retry.end();
    this.greet();
  }

  /** It is time to ask again. */
  appealDue(): void {
    if (this.isJoining) this.ask();
    else if (this.isHeadSilent) this.greet();
  }

  /** Takes what is said about views; false if it is about something else. */
  receive(said: Says.ResilientMessage, from: NodeId): boolean {
    if (said.kind === 'prepare') this.takePrepare(said, from);
    else if (said.kind === 'install') this.takeInstall(said, from);
    else if (said.kind === 'settled') this.acceptor.settle(said.epoch);
    else if (said.kind === 'stale') this.takeStale(said.view);
    else if (said.kind === 'join') this.takeJoin(from);
    else return said.kind === 'hello' || said.kind === 'refused' || said.kind === 'told';
    return true;
  }

  /** Follows nobody any more. */
  end(): void {
    this.retry.end();
    if (this.acceptor.view !== null) this.world.unwatch(this.head);
  }

  private takePrepare(prepare: Says.Prepare, from: NodeId): void {
    const { acceptor, world } = this;
    if (!isPromised(world, acceptor, prepare, from)) return;
    const { epoch } = prepare;
    const promised: Says.Promised = {
      kind: 'promised',
      epoch,
      report: acceptor.report(-1, this.vassal.version),
    };
    world.send(from, promised, viewBytes(this.settings.nodes));
  }

  private takeInstall({ view, restart }: Says.Install, from: NodeId): void {
    const { world, acceptor, vassal } = this;
    const { self, incarnation } = world;
    if (view.lives[self] !== incarnation) return this.takeStale(view);
    const before = acceptor.view?.chain[0] ?? null;
    if (!acceptor.accept(view)) return refuse(world, acceptor, from);
    const joined = this.isJoining;
    if (restart) vassal.drop(true);
    if (before !== null && before !== this.head) world.unwatch(before);
    if (joined || this.isHeadSilent || before !== this.head) world.watch(this.head);
    this.isJoining = false;
    this.isHeadSilent = false;
    this.retry.end();
    const session = view.sessions[self];
    const isNew = joined || restart || session !== this.session;
    this.session = session;
    const { working } = vassal;
    const { epoch } = view;
    const installed: Says.Installed = { kind: 'installed', epoch, life: incarnation, working };
    world.send(from, installed, itemsBytes(working.length));
    if (isNew) vassal.renewed();
  }

  private takeStale(view: ServerView): void {
    const { self, incarnation } = this.world;
    const newer = view.epoch > (this.acceptor.view?.epoch ?? -1);
    if (!newer || view.lives[self] === incarnation) return;
    if (this.acceptor.view !== null) this.world.unwatch(this.head);
    this.acceptor.learn(view, null);
    this.vassal.drop(false);
    this.join();
  }

  /** A server that has come back with nothing is told how things were; a worker is of no concern. */
  private takeJoin(from: NodeId): void {
    if (from < this.settings.workers) return;
    const told: Says.Told = { kind: 'told', report: this.acceptor.report(-1, this.vassal.version) };
    this.world.send(from, told, viewBytes(this.settings.nodes));
    // What was asked of its life before is lost.
    if (this.isJoining) this.world.send(from, this.request(), SMALL_BYTES);
  }

  private join(): void {
    this.isJoining = true;
    this.isHeadSilent = false;
    this.retry.end();
    this.ask();
  }

  private ask(): void {
    this.retry.make(this.request(), 'no head has let it in: it waits for any of the servers');
  }

  private greet(): void {
    const hello: Says.Hello = { kind: 'hello', life: this.world.incarnation };
    this.retry.make(hello, `nothing is heard of head ${this.head}`);
  }

  private request(): Says.Join {
    return { kind: 'join', life: this.world.incarnation, promised: this.acceptor.promised };
  }
}
