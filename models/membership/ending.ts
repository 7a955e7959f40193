/**
 * How the ring comes to its end (PROTOCOLS C): when the first member has nothing left to do it sends a token round, which
 * each member keeps until it has nothing left to do either. Home again it proves that nothing can be lost any more.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { clockwise, reportedIn } from './repair-token.ts';
import type { DoneMessage, EndingMessage, ViewMessage } from './view-messages.ts';
import type { Installed, ViewPhase } from './view-phase.ts';

/** What it needs of the view change it is part of. */
export interface Endable {
  readonly phase: ViewPhase;
  readonly installed: Installed | null;
  say(to: NodeId, message: EndingMessage | DoneMessage): void;
  /** Goes without state. */
  leave(): void;
  finish(): void;
}

/** What it tells the host. */
export interface EndingHost {
  /** All was done in the view of that epoch: whatever anybody does in newer ones is for nothing. */
  endedIn(epoch: number): void;
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
  private readonly host: EndingHost;

  constructor(world: World, view: Endable, host: EndingHost) {
    this.world = world;
    this.view = view;
    this.host = host;
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

  /** This node has finished: the next is told so. */
  finished(): void {
    const { installed } = this.view;
    if (this.news === null) this.host.endedIn(installed!.epoch);
    this.news ??= { kind: 'DONE', epoch: installed!.epoch };
    const [next] = clockwise(installed?.members ?? [], this.world.self);
    if (next !== undefined) this.view.say(next, this.news);
  }

  /** Somebody says something to this node, which has finished: it is told so, as is whoever waits for a token that came. */
  answer(message: ViewMessage<unknown, unknown>, from: NodeId): void {
    if (message.kind === 'DONE' || message.kind === 'STALE') return;
    const waiting = message.kind === 'REPAIR' ? reportedIn(message) : [];
    for (const node of new Set([from, ...waiting])) this.view.say(node, this.news!);
  }

  /** All is done, maybe in another view than this node's: in one that it was left out of, or while nobody needed its own. */
  receiveDone(message: DoneMessage): void {
    const { installed } = this.view;
    const { epoch } = message;
    this.news = message;
    if (installed !== null && installed.epoch > epoch) this.host.endedIn(epoch);
    if (installed !== null && installed.epoch !== epoch) this.view.leave();
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
