/**
 * The edges of a position that keeps what it sends over them (PROTOCOLS C, repair by `log`). After a change of view it
 * sends again what its neighbours lack, and from then on nothing that they have got already.
 */
import { copyCarry, type Carry } from '../../learning/carry.ts';
import type { Courier } from './courier.ts';
import type { MemoryBook } from './memory-book.ts';
import { LOSS_BYTES } from './messages.ts';
import { RingLinks } from './ring-links.ts';
import type { RingView, Standing } from './ring-view.ts';
import type { Seat } from './seat.ts';
import type { SegmentCosts } from './segment-costs.ts';
import { LOGGED_ITERATIONS, SentLog } from './sent-log.ts';

export class LoggedLinks extends RingLinks {
  private readonly seat: Seat;
  private readonly memory: MemoryBook;
  private readonly microBatches: number;
  private readonly forwards: SentLog<Carry | null>;
  private readonly backwards: SentLog<Carry | null>;
  private readonly losses: SentLog<number | null>;
  /** The oldest iteration of which all is kept that was sent. */
  private oldest: number;
  /** The numbers of the first that the neighbours lack. */
  private forwardsFrom = 0;
  private backwardsFrom = 0;
  private labelsFrom = 0;
  private lossesFrom = 0;

  constructor(seat: Seat) {
    const { courier, view, position, work, version, memory } = seat;
    super(courier, view, position);
    this.seat = seat;
    this.memory = memory;
    this.microBatches = work.assignment.training.microBatches;
    this.oldest = version;
    const first = version * this.microBatches;
    this.forwards = new SentLog(first);
    this.backwards = new SentLog(first);
    this.losses = new SentLog(first);
  }

  /** The oldest iteration of which all is kept that was sent: not before the one that the position was made anew for. */
  get kept(): number {
    return this.oldest;
  }

  /** Forwards sent since the start of the run, those included that were sent by whoever had the position before. */
  get forwarded(): number {
    return this.forwards.end;
  }

  override forward(
    iteration: number,
    microBatch: number,
    carry: Carry | null,
    costs: SegmentCosts,
  ): void {
    this.forwards.add(copyCarry(carry));
    this.memory.logged(costs.carryOut.forward);
    if (this.index(iteration, microBatch) >= this.forwardsFrom)
      super.forward(iteration, microBatch, carry, costs);
  }

  override backward(
    iteration: number,
    microBatch: number,
    carry: Carry | null,
    costs: SegmentCosts,
  ): void {
    this.backwards.add(copyCarry(carry));
    this.memory.logged(costs.carryIn.backward);
    if (this.index(iteration, microBatch) >= this.backwardsFrom)
      super.backward(iteration, microBatch, carry, costs);
  }

  override label(
    iteration: number,
    microBatch: number,
    labels: Uint8Array | null,
    samples: number,
  ): void {
    if (this.index(iteration, microBatch) >= this.labelsFrom)
      super.label(iteration, microBatch, labels, samples);
  }

  override loss(iteration: number, microBatch: number, lossSum: number | null): void {
    this.losses.add(lossSum);
    this.memory.logged(LOSS_BYTES);
    if (this.index(iteration, microBatch) >= this.lossesFrom)
      super.loss(iteration, microBatch, lossSum);
  }

  /** An update has been made: nobody can be so far behind any more that it would need the oldest iteration. */
  override updated(version: number): void {
    this.oldest = Math.max(this.oldest, version - LOGGED_ITERATIONS + 1);
    const index = this.oldest * this.microBatches;
    const { carryIn, carryOut } = this.seat.share.costs;
    this.memory.forgotten(this.forwards.forget(index) * carryOut.forward);
    this.memory.forgotten(this.backwards.forget(index) * carryIn.backward);
    this.memory.forgotten(this.losses.forget(index) * LOSS_BYTES);
  }

  /**
   * Goes on in another view of the same layout, in which the positions stand so; `begun` is how many micro-batches
   * position 0 has begun, if this is it.
   */
  resume(courier: Courier, view: RingView, standings: readonly Standing[], begun: number): void {
    this.enter(courier, view);
    const { share } = this.seat;
    const before = standings[this.before];
    const behind = standings[this.behind];
    if (!this.last) {
      this.forwardsFrom = behind.forwards;
      this.again(this.forwards, behind.forwards, (iteration, microBatch, carry) =>
        super.forward(iteration, microBatch, copyCarry(carry), share.costs),
      );
    }
    if (!this.first) {
      this.backwardsFrom = before.backwards;
      this.again(this.backwards, before.backwards, (iteration, microBatch, carry) =>
        super.backward(iteration, microBatch, copyCarry(carry), share.costs),
      );
    }
    if (this.first && !this.last) {
      this.labelsFrom = before.labels;
      this.labelsAgain(begun);
    }
    if (this.last && !this.first) {
      this.lossesFrom = behind.losses;
      this.again(this.losses, behind.losses, (iteration, microBatch, lossSum) =>
        super.loss(iteration, microBatch, lossSum),
      );
    }
  }

  private labelsAgain(begun: number): void {
    const { work, stage } = this.seat;
    const { batch, microBatches } = work.assignment.training;
    for (let index = this.labelsFrom; index < begun; index++) {
      const iteration = Math.floor(index / microBatches);
      const microBatch = index % microBatches;
      const labels = stage?.labels(iteration, microBatch) ?? null;
      super.label(iteration, microBatch, labels, batch / microBatches);
    }
  }

  private again<Entry>(
    log: SentLog<Entry>,
    from: number,
    send: (iteration: number, microBatch: number, entry: Entry) => void,
  ): void {
    const { microBatches } = this;
    if (from >= log.end) return;
    log.from(from).forEach((entry, k) => {
      const index = from + k;
      send(Math.floor(index / microBatches), index % microBatches, entry);
    });
  }

  private index(iteration: number, microBatch: number): number {
    return iteration * this.microBatches + microBatch;
  }
}
