/**
 * Brings messages of training from stage to stage. Those who train know stages alone; which node holds one, and which
 * way a message takes to it, is the courier's business.
 */
import type { Message, World } from '../../engine/world.ts';
import type { PipelineMessage } from './messages.ts';
import type { Placement } from './placement.ts';

export interface Courier<M extends Message = PipelineMessage> {
  /** Gives a message away to the node that holds stage `to`; another node than this one. */
  send(to: number, message: M, bytes: number): void;
}

/** Sends straight to the node. */
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
