/**
 * Sends the training messages of one stage, and knows what each weighs (PROTOCOLS A.4). A stage talks to its
 * neighbours on the line; the last and the first stage talk to each other, which closes the line to a ring. It keeps
 * no training state.
 */
import type { Courier } from '../courier.ts';
import { LABEL_BYTES, LOSS_BYTES } from '../messages.ts';
import { placeOf, type Placement } from '../placement.ts';
import type { SegmentCosts } from '../../costs/segment-costs.ts';
import type { Task } from './stage-job.ts';

/** What passes on: of a micro-batch, and null under `numerics: 'cost'`. */
type Passed = Omit<Task, 'labels'>;

export class StageSender {
  readonly first: boolean;
  readonly last: boolean;
  /** Neighbours on the ring; the last stage comes before the first. */
  readonly before: number;
  readonly behind: number;
  private readonly epoch: number;
  private readonly courier: Courier;
  private readonly costs: SegmentCosts;

  constructor(courier: Courier, placement: Placement, position: number, costs: SegmentCosts) {
    const { place, length } = placeOf(placement, position);
    const begin = position - place;
    this.courier = courier;
    this.costs = costs;
    this.epoch = placement.epoch;
    this.first = place === 0;
    this.last = place === length - 1;
    this.before = begin + ((place + length - 1) % length);
    this.behind = begin + ((place + 1) % length);
  }

  /** The result of a forward, to the stage behind. */
  forward(result: Passed): void {
    const { slice, carryOut } = this.costs;
    if (slice === null || slice.closes) this.carry('FWD', this.behind, result, carryOut.forward);
    else this.carry('FWD_Y', this.behind, result, slice.tailOut.forward);
  }

  /** The result of a backward, to the stage before. */
  backward(result: Passed): void {
    const { slice, carryIn } = this.costs;
    if (slice === null || slice.opens) this.carry('BWD', this.before, result, carryIn.backward);
    else if (!slice.isFirstLayer) this.carry('DX', this.before, result, slice.tailOut.backward);
  }

  /** The inputs of the layer, to the part of it behind. */
  inputs(head: Passed): void {
    const { forward } = this.costs.carryOut;
    this.carry('FWD', this.behind, head, forward);
  }

  /** The gradient of the outputs of the parts of the layer before. */
  gradients(head: Passed): void {
    const { backward } = this.costs.carryIn;
    this.carry('BWD', this.before, head, backward);
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

  private carry(
    kind: 'FWD' | 'BWD' | 'FWD_Y' | 'DX',
    to: number,
    { iteration, microBatch, carry }: Passed,
    bytes: number,
  ): void {
    const { epoch } = this;
    this.courier.send(to, { kind, epoch, to, iteration, microBatch, carry, labels: null }, bytes);
  }
}
