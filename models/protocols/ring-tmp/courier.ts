/**
 * Brings messages of training from position to position. Those who train know positions alone; which node holds
 * one, and which way a message takes to it, is the courier's business.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { RingMessage, TrainingMessage } from './messages.ts';
import type { RingView } from './ring-view.ts';

export interface Courier {
  /** Gives a message away to the node that holds position `to` in the courier's view; another node than this one. */
  send(to: number, message: TrainingMessage, bytes: number): void;
}

/** For a node that holds several positions: what these say to each other waits here, and never leaves it. */
export class HomeCourier implements Courier {
  private readonly waiting: TrainingMessage[] = [];
  private readonly away: Courier;
  private readonly view: RingView;
  private readonly self: NodeId;

  constructor(away: Courier, view: RingView, self: NodeId) {
    this.away = away;
    this.view = view;
    this.self = self;
  }

  send(to: number, message: TrainingMessage, bytes: number): void {
    if (this.view.nodes[to] === this.self) this.waiting.push(message);
    else this.away.send(to, message, bytes);
  }

  /** Gives all that waits to `take`, in order, and what is sent because of it. */
  handOver(take: (message: TrainingMessage) => void): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift())
      take(next);
  }
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
