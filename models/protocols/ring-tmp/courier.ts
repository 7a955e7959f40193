/**
 * Brings messages of training from position to position. Those who train know positions alone; which node holds
 * one, and which way a message takes to it, is the courier's business.
 */
import type { World } from '../../../engine/world.ts';
import type { RingMessage, TrainingMessage } from './messages.ts';
import type { RingView } from './ring-view.ts';

export interface Courier {
  /** Gives a message away to the node that holds position `to` in the courier's view; another node than this one. */
  send(to: number, message: TrainingMessage, bytes: number): void;
}

/** Sends straight to the node. */
export class DirectCourier implements Courier {
  private readonly world: World<RingMessage>;
  private readonly view: RingView;

  constructor(world: World<RingMessage>, view: RingView) {
    this.world = world;
    this.view = view;
  }

  send(to: number, message: TrainingMessage, bytes: number): void {
    this.world.send(this.view.nodes[to], message, bytes);
  }
}
