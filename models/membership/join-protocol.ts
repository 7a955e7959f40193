/**
 * Who is there and who wants to be (PROTOCOLS C): nodes that have come back ask to JOIN, nodes say HELLO now and then
 * so that one that was left behind finds out (STALE), and those that were halted seek the others.
 *
 * A run in which nobody can go on must be seen to stand still. So a halted node calls only those that it misses, and a
 * member calls ever less while nothing moves. A joining node goes on calling all others, those too that were heard to
 * join like itself: what each has told the other may have come to nothing since.
 */
import type { NodeId, World } from '../../engine/world.ts';
import type { JoinHost, JoinProtocolHost } from './join-host.ts';
import { Greetings } from './greetings.ts';
import type { Post } from './post.ts';
import { clockwise } from './repair-token.ts';
import { StuckDetector } from './stuck-detector.ts';
import {
  viewBytes,
  type HelloMessage,
  type JoinMessage,
  type StaleMessage,
} from './view-messages.ts';
import type { ViewSettings } from './view-phase.ts';

/** Most times the first distance of calls of a node that asks in vain to be taken in. */
const SLOWEST = 64;
/** No more members than that call in that time on average: in a large ring the wires would be full of calls. */
const CALLERS = 16;

export class JoinProtocol {
  /** Nodes without state that have asked to be taken in. */
  readonly joiners = new Set<NodeId>();
  /** Nodes that were heard to be without state, like this one, and in which life; they were told at once that it is, too. */
  private readonly stateless = new Map<NodeId, number>();
  /** Of those a halted node misses, the ones that were heard again. */
  private readonly found = new Set<NodeId>();
  /** Those who were halted with this one. */
  private together: readonly NodeId[] = [];
  private readonly greetings: Greetings;
  private readonly world: World;
  private readonly post: Post;
  private readonly view: JoinHost;
  private readonly settings: ViewSettings;
  private backOff = 0;
  /** The other members of the view, in the order of calls, and the list they are from: found once a view. */
  private fellows: Record<'of' | 'order', readonly NodeId[]> = { of: [], order: [] };
  private stretch = 1;
  private moved = false;
  private readonly stuckDetector: StuckDetector;

  constructor(
    world: World,
    post: Post,
    settings: ViewSettings,
    view: JoinHost,
    host: JoinProtocolHost,
  ) {
    this.world = world;
    this.post = post;
    this.greetings = new Greetings(post);
    this.settings = settings;
    this.view = view;
    const silenceNs = settings.misses * settings.heartbeatNs;
    this.stuckDetector = new StuckDetector(world, silenceNs, (reason) => host.halted(reason, null));
  }

  /** Work goes on: calls stay as frequent as they are at most. */
  touch(): void {
    this.moved = true;
  }

  /** These nodes together may not go on; this one calls those it misses. */
  halted(together: readonly NodeId[]): void {
    this.found.clear();
    this.together = together;
    this.callLater();
  }

  /** A view has been installed. */
  settled(): void {
    this.joiners.clear();
    this.stateless.clear();
    this.found.clear();
    this.stretch = 1;
    this.moved = true;
    this.stuckDetector.takenIn();
    this.callLater();
  }

  /** A view with new members has been installed: they greet all others. */
  greet(joined: readonly NodeId[]): void {
    const { epoch, members } = this.view.installed!;
    const { self } = this.world;
    const others = joined.filter((node) => node !== self);
    this.greetings.await(others, epoch);
    if (others.length === joined.length) return;
    for (const node of clockwise(members, self)) {
      this.hello(node);
      this.hello(node, true);
    }
  }

  /** A repair has come to nothing: it may be that those whom this node does not hear do not know that they are not. */
  complain(): void {
    if (this.view.phase !== 'repairing') return;
    this.stuckDetector.repairing();
    for (const node of this.view.watch.silent) this.hello(node);
  }

  /** A repair is under way: no calls. */
  rest(): void {
    for (const alarm of ['call', 'gather', 'admit']) this.world.cancel(`view/${alarm}`);
  }

  /** Asks the nodes in turn to be taken in, ever more slowly while that is in vain. */
  join(inVain: boolean): void {
    this.joiners.clear();
    this.stuckDetector.asking();
    if (inVain) this.stretch = Math.min(2 * this.stretch, SLOWEST);
    else this.callNext();
    this.callLater();
  }

  /** Whether this node is to change the view for one that waits to be taken in: then it does so at once. */
  admitting(): boolean {
    const { installed, phase } = this.view;
    if (phase !== 'training' || installed!.members[0] !== this.world.self) return false;
    if (this.joiners.size === 0) return false;
    this.world.wake('view/admit', 0);
    return true;
  }

  receive(message: JoinMessage | HelloMessage | StaleMessage, from: NodeId): void {
    switch (message.kind) {
      case 'JOIN':
        return this.onJoin(message, from);
      case 'HELLO':
        return this.onHello(message, from);
      case 'STALE':
        return this.onStale(message, from);
    }
  }

  woken(alarm: string): void {
    const { view } = this;
    switch (alarm) {
      case 'view/call':
        if (view.phase === 'joining') this.stuckDetector.asking();
        this.callNext();
        return this.callLater();
      case 'view/gather':
        if (view.phase === 'halted') this.gather();
        return;
      case 'view/admit':
        if (view.phase === 'training') view.initiate();
    }
  }

  /** Tells a node that it is out of the ring. */
  refuse(node: NodeId): void {
    const { view } = this;
    view.say(node, { kind: 'STALE', installed: view.installed!.epoch });
  }

  private onStale({ installed }: StaleMessage, from: NodeId): void {
    const { view } = this;
    if (view.installed === null || installed <= view.installed.epoch) return;
    view.leave();
    view.joinRing();
    this.askToJoin(from);
  }

  private onJoin(message: JoinMessage, from: NodeId): void {
    const { view } = this;
    const { node, promised, life } = message;
    view.floor = Math.max(view.floor, promised);
    if (node === this.world.self) return;
    if (node === from) view.watch.heard(node);
    if (view.installed === null) return this.alsoStateless(node, life);
    this.joiners.add(node);
    if (view.phase === 'halted') return this.heard(node, false);
    if (view.phase !== 'training') return;
    const { members, epoch, lives } = view.installed;
    if (members.includes(node)) {
      // It was in this view and has lost its state: the view cannot go on. Or it asked before it was in it.
      if (promised >= epoch || life > lives[members.indexOf(node)]) view.initiate();
      else this.joiners.delete(node);
    } else if (members[0] !== this.world.self) {
      this.joiners.delete(node);
      view.say(members[0], message);
    }
  }

  /**
   * When all nodes there are have lost their state, the lowest of them brings them together: again whenever one of them
   * still asks to be taken in.
   */
  private alsoStateless(node: NodeId, life: number): void {
    const { phase } = this.view;
    if (phase !== 'joining') return;
    if (this.stateless.get(node) !== life) this.askToJoin(node);
    this.stateless.set(node, life);
    if (this.stateless.size < this.settings.nodeCount - 1) return;
    const { self } = this.world;
    if ([...this.stateless.keys()].every((other) => self < other)) this.view.initiate();
  }

  private onHello(message: HelloMessage, from: NodeId): void {
    const { view } = this;
    const { installed } = view;
    view.floor = Math.max(view.floor, message.promised);
    if (message.deaf && view.phase === 'repairing') view.holder.goRound([[from, this.world.self]]);
    else if (view.phase !== 'training') view.watch.heard(from);
    this.greetings.take(from, message.installed, message.relayed, installed?.epoch);
    if (installed === null) {
      if (view.phase === 'joining' && message.installed >= 0) this.askToJoin(from);
      return;
    }
    const behind = message.installed < installed.epoch;
    const fellow = installed.members.includes(from);
    if (view.isOut(from, message.installed)) return this.refuse(from);
    if (behind && !fellow) this.joiners.add(from);
    if (view.phase === 'halted') return this.heard(from, message.installed > installed.epoch);
    if (view.phase !== 'training') return;
    view.watch.heard(from);
    if (message.halted && fellow) view.initiate();
    else if (message.installed > installed.epoch) this.hello(from);
    else if (behind && message.promised === installed.epoch) view.resumeAgain(from);
  }

  /** A halted node hears one that it missed: it calls all others once, and then tries again with those that answer. */
  heard(from: NodeId, ahead: boolean): void {
    const { view } = this;
    if (ahead) this.hello(from);
    if (this.together.includes(from) || this.found.has(from)) return;
    const first = this.found.size === 0;
    this.found.add(from);
    if (!first) return;
    for (const node of view.missing) this.hello(node);
    this.world.wake('view/gather', 2 * this.settings.heartbeatNs);
  }

  private gather(): void {
    const { watch, missing } = this.view;
    for (const node of missing) watch.suspected(node);
    for (const node of this.found) watch.heard(node);
    this.view.initiate();
  }

  /** Straight, for those who are heard again are heard so; or the way that work goes, if that is another. */
  private hello(to: NodeId, relayed = false, isReminder = false): void {
    const { installed, promised, phase, watch } = this.view;
    const deaf = phase !== 'training' && watch.silent.has(to);
    const halted = phase === 'halted';
    const epoch = installed?.epoch ?? -1;
    const said = { installed: epoch, promised, halted, deaf, relayed };
    const message = { kind: 'HELLO', ...said, isReminder } as const;
    if (relayed) this.post.relayTo(to, message, viewBytes(message));
    else this.world.send(to, message, viewBytes(message));
  }

  private askToJoin(node: NodeId, isReminder = false): void {
    const { self, incarnation: life } = this.world;
    const { promised } = this.view;
    this.view.say(node, { kind: 'JOIN', node: self, life, promised, isReminder });
  }

  private callNext(): void {
    const targets = this.targets();
    // A ring of one has nobody to ask: all nodes there are have lost their state.
    if (targets.length === 0 && this.view.phase === 'joining') return this.view.initiate();
    if (targets.length === 0) return;
    const target = targets[this.backOff++ % targets.length];
    if (this.view.phase === 'joining') this.askToJoin(target, true);
    else this.hello(target, false, true);
  }

  private targets(): readonly NodeId[] {
    const { phase, installed, missing } = this.view;
    if (phase === 'training') {
      const { members } = installed!;
      if (this.fellows.of !== members)
        this.fellows = { of: members, order: clockwise(members, this.world.self) };
      return this.fellows.order;
    }
    if (phase === 'halted') return clockwise([...missing], this.world.self);
    if (phase !== 'joining') return [];
    const all = Array.from({ length: this.settings.nodeCount }, (_, node) => node);
    return clockwise(all, this.world.self).reverse();
  }

  private callLater(): void {
    const { phase } = this.view;
    const { length } = this.targets();
    if (length === 0) return;
    if (phase === 'training') this.stretch = this.moved ? 1 : 2 * this.stretch;
    this.moved = false;
    const { heartbeatNs, misses } = this.settings;
    const turns = phase === 'training' ? Math.ceil(length / CALLERS) : 1;
    this.world.wake('view/call', 2 * misses * heartbeatNs * this.stretch * turns);
  }
}
