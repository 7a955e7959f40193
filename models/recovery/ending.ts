/**
 * How the ring comes to its end (PROTOCOLS C): when the first member has nothing left to do it sends a token round, which
 * each member keeps until it has nothing left to do either. Home again it proves that nothing can be lost any more.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { clockwise } from './repair-token.ts';
import type { EndingMessage } from './view-messages.ts';
import type { Installed, ViewPhase } from './view-phase.ts';

/** What it needs of the view change it is part of. */
export interface Endable {
  readonly phase: ViewPhase;
  readonly installed: Installed | null;
  say(to: NodeId, message: EndingMessage): void;
  finish(): void;
}

export class Ending {
  /** In this view this node has nothing left to do. */
  private done = false;
  /** The token is here. */
  private here = false;
  private readonly world: World;
  private readonly view: Endable;

  constructor(world: World, view: Endable) {
    this.world = world;
    this.view = view;
  }

  /** A view begins. */
  reset(): void {
    this.done = false;
    this.here = false;
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

  private get isFirst(): boolean {
    return this.view.installed!.members[0] === this.world.self;
  }

  private pass(): void {
    if (!this.done || !this.here) return;
    this.here = false;
    const { members, epoch } = this.view.installed!;
    const [next] = clockwise(members, this.world.self);
    if (next === undefined) this.view.finish();
    else this.view.say(next, { kind: 'ENDING', epoch });
  }
}
