/**
 * Whom one stage talks to in training, and what each message weighs (PROTOCOLS A.4): its neighbours on the line, and from
 * end to end the two for which the line is closed to a ring. It keeps no state of the training.
 */
import type { Carry } from '../../learning/carry.ts';
import type { Courier } from '../courier.ts';
import { LABEL_BYTES, LOSS_BYTES } from '../messages.ts';
import type { Placement } from '../placement.ts';
import type { SegmentCosts } from '../../costs/segment-costs.ts';

export class Links {
  readonly first: boolean;
  readonly last: boolean;
  /** Neighbours; the last stage lies before the first. */
  readonly before: number;
  readonly behind: number;
  private readonly epoch: number;
  private readonly courier: Courier;

  constructor(courier: Courier, placement: Placement, position: number) {
    const count = placement.nodes.length;
    this.courier = courier;
    this.epoch = placement.epoch;
    this.first = position === 0;
    this.last = position === count - 1;
    this.before = (position + count - 1) % count;
    this.behind = (position + 1) % count;
  }

  forward(iteration: number, microBatch: number, carry: Carry | null, costs: SegmentCosts): void {
    const { epoch, behind: to } = this;
    const message = { kind: 'FWD', epoch, to, iteration, microBatch, carry, labels: null } as const;
    this.courier.send(to, message, costs.carryOut.forward);
  }

  backward(iteration: number, microBatch: number, carry: Carry | null, costs: SegmentCosts): void {
    const { epoch, before: to } = this;
    const message = { kind: 'BWD', epoch, to, iteration, microBatch, carry, labels: null } as const;
    this.courier.send(to, message, costs.carryIn.backward);
  }

  credit(): void {
    const { epoch, before: to } = this;
    this.courier.send(to, { kind: 'CREDIT', epoch, to }, 0);
  }

  /** The first stage to the last. */
  label(iteration: number, microBatch: number, labels: Uint8Array | null, samples: number): void {
    const { epoch, before: to } = this;
    const message = {
      kind: 'LABEL',
      epoch,
      to,
      iteration,
      microBatch,
      carry: null,
      labels,
    } as const;
    this.courier.send(to, message, LABEL_BYTES * samples);
  }

  /** The last stage to the first. */
  loss(iteration: number, microBatch: number, lossSum: number | null): void {
    const { epoch, behind: to } = this;
    const message = { kind: 'LOSS', epoch, to, iteration, microBatch, lossSum } as const;
    this.courier.send(to, message, LOSS_BYTES);
  }
}
