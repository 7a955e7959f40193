/**
 * The edges of one node of the ring: whom it may talk to, who may talk to it, and what each message weighs
 * (PROTOCOLS A.4). It keeps no state of the training.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { Carry } from '../../learning/carry.ts';
import { LABEL_BYTES, LOSS_BYTES, RECORD_BYTES, type RingMessage } from './messages.ts';
import type { SegmentCosts } from './segment-costs.ts';

export class RingLinks {
  readonly first: boolean;
  readonly last: boolean;
  /** Neighbours on the ring; position N-1 lies before position 0. */
  readonly before: NodeId;
  readonly behind: NodeId;
  private readonly world: World<RingMessage>;

  constructor(world: World<RingMessage>, nodeCount: number) {
    const { self } = world;
    this.world = world;
    this.first = self === 0;
    this.last = self === nodeCount - 1;
    this.before = (self + nodeCount - 1) % nodeCount;
    this.behind = (self + 1) % nodeCount;
  }

  /** The one node that sends this node messages of that kind; -1 where none does. */
  senderOf(kind: RingMessage['kind']): NodeId {
    switch (kind) {
      case 'MEASURE':
        return this.before;
      case 'FWD':
        return this.first ? -1 : this.before;
      case 'BWD':
      case 'CREDIT':
        return this.last ? -1 : this.behind;
      case 'LABEL':
        return this.last ? 0 : -1;
      case 'LOSS':
        return this.first ? this.before : -1;
      default:
        return -1;
    }
  }

  token(lap: 'collect' | 'spread', records: Float64Array, carried: number): void {
    this.world.send(this.behind, { kind: 'MEASURE', lap, records }, RECORD_BYTES * carried);
  }

  forward(iteration: number, microBatch: number, carry: Carry | null, costs: SegmentCosts): void {
    const message = {
      kind: 'FWD',
      epoch: 0,
      to: this.behind,
      iteration,
      microBatch,
      carry,
    } as const;
    this.world.send(this.behind, message, costs.carryOut.forward);
  }

  backward(iteration: number, microBatch: number, carry: Carry | null, costs: SegmentCosts): void {
    const message = {
      kind: 'BWD',
      epoch: 0,
      to: this.before,
      iteration,
      microBatch,
      carry,
    } as const;
    this.world.send(this.before, message, costs.carryIn.backward);
  }

  credit(): void {
    this.world.send(this.before, { kind: 'CREDIT', epoch: 0, to: this.before }, 0);
  }

  /** Position 0 to the last, over the closing edge. */
  label(iteration: number, microBatch: number, labels: Uint8Array | null, samples: number): void {
    const message = {
      kind: 'LABEL',
      epoch: 0,
      to: this.before,
      iteration,
      microBatch,
      labels,
    } as const;
    this.world.send(this.before, message, LABEL_BYTES * samples);
  }

  /** The last position to position 0, over the closing edge. */
  loss(iteration: number, microBatch: number, lossSum: number | null): void {
    const message = {
      kind: 'LOSS',
      epoch: 0,
      to: this.behind,
      iteration,
      microBatch,
      lossSum,
    } as const;
    this.world.send(this.behind, message, LOSS_BYTES);
  }
}
