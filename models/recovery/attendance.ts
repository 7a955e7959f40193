/**
 * Who is there and who wants to be (PROTOCOLS C): nodes that have come back ask to JOIN, nodes say HELLO now and then
 * so that one that was left behind finds out (STALE), and those that were halted seek the others.
 *
 * All of it grows quiet where nothing comes of it: a run in which nobody can go on must be seen to stand still. So a
 * halted node calls only those that it misses, a joining one not those that join like itself, and a member calls ever
 * less while nothing moves.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { clockwise } from './repair-token.ts';
import type { HelloMessage, JoinMessage, StaleMessage } from './view-messages.ts';
import type { Installed, ViewPhase, ViewSettings } from './view-phase.ts';

/** What it needs to know and may do of the view change it is part of. */
export interface Attended {
  readonly phase: ViewPhase;
  readonly installed: Installed | null;
  readonly promised: number;
  floor: number;
  readonly missing: ReadonlySet<NodeId>;
  readonly watch: { readonly silent: Set<NodeId> };
  initiate(): void;
  fence(since: number): void;
  resumeAgain(to: NodeId): void;
  /** The step from which views newer than that epoch have trained. */
  since(epoch: number): number;
  say(to: NodeId, message: JoinMessage | HelloMessage | StaleMessage): void;
}

export class Attendance {
  /** Nodes without state that have asked to be taken in. */
  readonly joiners = new Set<NodeId>();
  /** Nodes that were heard to be without state, like this one. */
  private readonly stateless = new Set<NodeId>();
  /** Of those, whom this node has told that it is, too. */
  private readonly asked = new Set<NodeId>();
  /** Of those a halted node misses, the ones that were heard again. */
  private readonly found = new Set<NodeId>();
  private readonly world: World;
  private readonly view: Attended;
  private readonly settings: ViewSettings;
  private turn = 0;
  private stretch = 1;
  private moved = false;

  constructor(world: World, settings: ViewSettings, view: Attended) {
    this.world = world;
    this.settings = settings;
    this.view = view;
  }

  /** Work goes on: calls stay as frequent as they are at most. */
  touch(): void {
    this.moved = true;
  }

  /** A view has been installed, or halted. */
  settled(): void {
    this.joiners.clear();
    this.stateless.clear();
    this.asked.clear();
    this.found.clear();
    this.stretch = 1;
    this.moved = true;
    this.callLater();
  }

  /** A repair is under way: no calls. */
  rest(): void {
    for (const alarm of ['call', 'gather', 'admit']) this.world.cancel(`view/${alarm}`);
  }

  /** Asks the nodes in turn to be taken in, beginning with the one that has told this node that it is out. */
  join(first?: NodeId): void {
    this.joiners.clear();
    this.turn = 0;
    if (first !== undefined) this.askToJoin(first);
    else this.callNext();
    this.callLater();
  }

  /** Whether somebody waits to be taken in, and this node is to do it: then it will, before anything else is handled. */
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
        return this.onJoin(message);
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
        this.callNext();
        return this.callLater();
      case 'view/gather':
        if (view.phase === 'halted') this.gather();
        return;
      case 'view/admit':
        if (view.phase === 'training') view.initiate();
    }
  }

  /** Tells a node that it is out of the ring, and since when. */
  refuse(node: NodeId, epoch: number): void {
    const { view } = this;
    this.view.say(node, {
      kind: 'STALE',
      installed: view.installed!.epoch,
      since: view.since(epoch),
    });
  }

  private onStale({ installed, since }: StaleMessage, from: NodeId): void {
    const { view } = this;
    if (view.installed === null || installed <= view.installed.epoch) return;
    view.fence(since);
    this.join(from);
  }

  private onJoin(message: JoinMessage): void {
    const { view } = this;
    const { node, promised } = message;
    view.floor = Math.max(view.floor, promised);
    if (node === this.world.self) return;
    if (view.installed === null) return this.alsoStateless(node);
    this.joiners.add(node);
    if (view.phase === 'halted') return view.initiate();
    if (view.phase !== 'training') return;
    const { members, epoch } = view.installed;
    if (members.includes(node)) {
      // It was in this view and has dropped its state: the view cannot go on. One asked before it was in it.
      if (promised >= epoch) view.initiate();
      else this.joiners.delete(node);
    } else if (members[0] !== this.world.self) {
      this.joiners.delete(node);
      view.say(members[0], message);
    }
  }

  /** When all nodes there are have lost their state, the lowest of them brings them together. */
  private alsoStateless(node: NodeId): void {
    this.stateless.add(node);
    const { self } = this.world;
    if (this.view.phase !== 'joining' || this.stateless.size < this.settings.nodeCount - 1) return;
    if ([...this.stateless].every((other) => self < other)) this.view.initiate();
  }

  private onHello(message: HelloMessage, from: NodeId): void {
    const { view } = this;
    const { installed } = view;
    view.floor = Math.max(view.floor, message.promised);
    if (installed === null) return;
    const behind = message.installed < installed.epoch;
    const fellow = installed.members.includes(from);
    if (behind && !fellow) return this.refuse(from, message.installed);
    if (view.phase === 'halted') return this.heard(from, message.installed > installed.epoch);
    if (view.phase !== 'training') return;
    view.watch.silent.delete(from);
    if (message.halted && fellow) view.initiate();
    else if (message.installed > installed.epoch) this.hello(from);
    else if (behind && message.promised === installed.epoch) view.resumeAgain(from);
  }

  /** A halted node hears one that it missed: it calls all others once, and then tries again with those that answer. */
  private heard(from: NodeId, ahead: boolean): void {
    const { view } = this;
    if (ahead) this.hello(from);
    if (!view.missing.has(from) || this.found.has(from)) return;
    const first = this.found.size === 0;
    this.found.add(from);
    if (!first) return;
    for (const node of view.missing) this.hello(node);
    this.world.wake('view/gather', 2 * this.settings.heartbeatNs);
  }

  private gather(): void {
    const { silent } = this.view.watch;
    for (const node of this.view.missing) silent.add(node);
    for (const node of this.found) silent.delete(node);
    this.view.initiate();
  }

  private hello(to: NodeId): void {
    const { installed, promised, phase } = this.view;
    const epoch = installed?.epoch ?? -1;
    this.view.say(to, { kind: 'HELLO', installed: epoch, promised, halted: phase === 'halted' });
  }

  private askToJoin(node: NodeId): void {
    this.asked.add(node);
    this.view.say(node, { kind: 'JOIN', node: this.world.self, promised: this.view.promised });
  }

  private callNext(): void {
    const targets = this.targets();
    if (targets.length === 0) return;
    const target = targets[this.turn++ % targets.length];
    if (this.view.phase === 'joining') this.askToJoin(target);
    else this.hello(target);
  }

  private targets(): NodeId[] {
    const { phase, installed, missing } = this.view;
    const { self } = this.world;
    if (phase === 'training') return clockwise(installed!.members, self);
    if (phase === 'halted') return clockwise([...missing], self);
    if (phase !== 'joining') return [];
    const all = Array.from({ length: this.settings.nodeCount }, (_, node) => node);
    const others = clockwise(all, self).reverse();
    return others.filter((node) => !(this.stateless.has(node) && this.asked.has(node)));
  }

  private callLater(): void {
    const { phase } = this.view;
    if (phase !== 'training' && phase !== 'halted' && phase !== 'joining') return;
    this.stretch = phase !== 'training' || this.moved ? 1 : 2 * this.stretch;
    this.moved = false;
    const { heartbeatNs, misses } = this.settings;
    this.world.wake('view/call', 2 * misses * heartbeatNs * this.stretch);
  }
}
