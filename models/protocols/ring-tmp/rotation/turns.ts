/**
 * Whose turn is when (PROTOCOLS A.7, rotation). Node i takes each block once a round, in the order of the line forward and
 * the other way backward; forward the blocks go from node 0 to the last, backward from the last to node 0, and then round
 * again. Of the batch it has the micro-batches whose backward is due at its place, so that gradients are added ascending.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { Half } from './rotation-messages.ts';

export interface Turn {
  readonly half: Half;
  readonly round: number;
  readonly block: number;
  readonly microBatch: number;
}

export class Turns {
  readonly nodes: number;
  readonly rounds: number;

  constructor(nodes: number, microBatches: number) {
    this.nodes = nodes;
    this.rounds = microBatches / nodes;
  }

  /** Passes of a node in an iteration. */
  get count(): number {
    return 2 * this.rounds * this.nodes;
  }

  turn(node: NodeId, index: number): Turn {
    const { nodes, rounds } = this;
    const isForward = index < rounds * nodes;
    const at = isForward ? index : index - rounds * nodes;
    const round = Math.floor(at / nodes);
    const along = at % nodes;
    return {
      half: isForward ? 'forward' : 'backward',
      round,
      block: isForward ? along : nodes - 1 - along,
      microBatch: round * nodes + (nodes - 1 - node),
    };
  }

  /** The first of the nodes that a block comes to in a half, and the last. */
  first(half: Half): NodeId {
    return half === 'forward' ? 0 : this.nodes - 1;
  }

  last(half: Half): NodeId {
    return half === 'forward' ? this.nodes - 1 : 0;
  }

  /** The node that it goes to next. */
  next(half: Half, node: NodeId): NodeId {
    return (node + (half === 'forward' ? 1 : this.nodes - 1)) % this.nodes;
  }
}
