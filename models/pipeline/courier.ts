/**
 * Sends training messages from stage to stage. Stages know each other by number; the courier knows which node holds a
 * stage, and how to reach it.
 */
import type { Message, NodeId, World } from '../../engine/world.ts';
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
  /** Where losses go, whichever copy of the pipeline they are of. */
  private readonly reporter: NodeId;

  constructor(world: World<M>, placement: Placement, reporter: NodeId = placement.nodes[0]) {
    this.world = world;
    this.placement = placement;
    this.reporter = reporter;
  }

  send(to: number, message: M, bytes: number): void {
    const node = message.kind === 'LOSS' ? this.reporter : this.placement.nodes[to];
    this.world.send(node, message, bytes);
  }
}
