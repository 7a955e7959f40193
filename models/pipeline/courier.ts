/**
 * Sends training messages from stage to stage. Stages know each other by number; the courier knows which node holds a
 * stage, and how to reach it.
 */
import type { Message, World } from '../../engine/world.ts';
import type { StageMessage } from './messages.ts';
import type { Placement } from './placement.ts';

export interface Courier<M extends Message = StageMessage> {
  /** Gives a message away to the node that holds stage `to`, which is another node. */
  send(to: number, message: M, bytes: number): void;
}

/** Sends directly to the node. */
export class DirectCourier<M extends Message> implements Courier<M> {
  private readonly world: World<M>;
  private readonly placement: Placement;

  constructor(world: World<M>, placement: Placement) {
    this.world = world;
    this.placement = placement;
  }

  send(to: number, message: M, bytes: number): void {
    this.world.send(this.placement.nodes[to], message, bytes);
  }
}
