/**
 * How the ring comes to its end (PROTOCOLS C): when the first member has nothing left to do it sends a token round, which
 * each member keeps until it has nothing left to do either. Home again it proves that nothing can be lost any more.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { redoneSince, type Beginning } from './lineage.ts';
import { clockwise, reportedIn } from './repair-token.ts';
import type { DoneMessage, EndingMessage, ViewMessage } from './view-messages.ts';
import type { Installed, ViewPhase } from './view-phase.ts';

/** What it needs of the view change it is part of. */
export interface Endable {
  readonly phase: ViewPhase;
  readonly installed: Installed | null;
  say(to: NodeId, message: EndingMessage | DoneMessage): void;
  /** Goes without state: what this node did from that step on was for nothing. */
  leave(since: number): void;
  finish(): void;
}

/** What it asks the host. */
export interface Historian {
  /** The step from which what that node did in that epoch was done again in newer views. */
  since(epoch: number, node: NodeId): number;
  /** When views have begun, by all that this node knows. */
  readonly beginnings: readonly Beginning[];
}

export class Ending {
  /** In this view this node has nothing left to do. */
  private done = false;
  /** The token is here. */
  private here = false;
  /** The last member has passed the token on: so everybody is known to have nothing left to do. */
  isKnown = false;
  /** What is told of the end, once it has come. */
  private news: DoneMessage | null = null;
  private readonly world: World;
  private readonly view: Endable;
  private readonly historian: Historian;

  constructor(world: World, view: Endable, historian: Historian) {
    this.world = world;
    this.view = view;
    this.historian = historian;
  }

  /** A view begins. */
  reset(): void {
    this.done = false;
    this.here = false;
    this.isKnown = false;
  }

  /** This node has done all it had to do in this view. */
  workDone(): void {
    this.done = true;
    if (this.isFirst) this.here = true;
    this.pass();
  }

  receive({ epoch }: EndingMessage): void {
    if (this.view.phase !== 'training' || this.view.installed!.epoch !== epoch) return;
    if (this.isFirst) return this.view.finish();
    this.here = true;
    this.pass();
  }

  /** This node has finished: the next is told so, and those who ask nobody any more, for all they know join as they do. */
  finished(alike: readonly NodeId[]): void {
    const { installed } = this.view;
    const { beginnings } = this.historian;
    this.news ??= { kind: 'DONE', epoch: installed!.epoch, beginnings };
    const [next] = clockwise(installed?.members ?? [], this.world.self);
    const told = next === undefined ? alike : [next, ...alike];
    for (const node of new Set(told)) this.view.say(node, this.news);
  }

  /** Somebody says something to this node, which has finished: it is told so, as is whoever waits for a token that came. */
  answer(message: ViewMessage<unknown, unknown>, from: NodeId): void {
    if (message.kind === 'DONE' || message.kind === 'STALE') return;
    const waiting = message.kind === 'REPAIR' ? reportedIn(message) : [];
    for (const node of new Set([from, ...waiting])) this.view.say(node, this.news!);
  }

  /** All is done. What a node did in a view that has been left behind is of no use, nor in one that nobody needed. */
  receiveDone(message: DoneMessage): void {
    const { installed } = this.view;
    const { epoch, beginnings } = message;
    this.news = message;
    if (installed !== null && installed.epoch < epoch)
      this.view.leave(redoneSince(beginnings, installed.epoch, this.world.self));
    else if (installed !== null && installed.epoch > epoch)
      this.view.leave(redoneSince(this.historian.beginnings, epoch, this.world.self));
    this.view.finish();
  }

  private get isFirst(): boolean {
    return this.view.installed!.members[0] === this.world.self;
  }

  private pass(): void {
    if (!this.done || !this.here) return;
    this.here = false;
    const { members, epoch } = this.view.installed!;
    const [next] = clockwise(members, this.world.self);
    if (next === undefined) return this.view.finish();
    this.isKnown = next === members[0];
    this.view.say(next, { kind: 'ENDING', epoch });
  }
}
