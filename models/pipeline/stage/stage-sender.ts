/**
 * Sends the training messages of one stage, and knows what each weighs (PROTOCOLS A.4). A stage talks to its
 * neighbours on the line; the last and the first stage talk to each other, which closes the line to a ring. It keeps
 * no training state.
 */
import type { Carry } from '../../learning/carry.ts';
import type { Courier } from '../courier.ts';
import { LABEL_BYTES, LOSS_BYTES } from '../messages.ts';
import { placeOf, type Placement } from '../placement.ts';
import type { SegmentCosts } from '../../costs/segment-costs.ts';

export class StageSender {
  readonly first: boolean;
  readonly last: boolean;
  /** Neighbours on the ring; the last stage comes before the first. */
  readonly before: number;
  readonly behind: number;
  private readonly epoch: number;
  private readonly courier: Courier;

  constructor(courier: Courier, placement: Placement, position: number) {
    const { place, length } = placeOf(placement, position);
    const begin = position - place;
    this.courier = courier;
    this.epoch = placement.epoch;
    this.first = place === 0;
    this.last = place === length - 1;
    this.before = begin + ((place + length - 1) % length);
    this.behind = begin + ((place + 1) % length);
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

  /** From the first stage to the last. */
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

  /** From the last stage of any copy to the first of all. */
  loss(iteration: number, microBatch: number, lossSum: number | null): void {
    const { epoch } = this;
    const message = { kind: 'LOSS', epoch, to: 0, iteration, microBatch, lossSum } as const;
    this.courier.send(0, message, LOSS_BYTES);
  }
}
