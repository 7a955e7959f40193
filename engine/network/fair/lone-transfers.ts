/**
 * Transfers that have every link of their route to themselves. Their rate is that of the slowest link and nothing
 * can change it but another transfer on one of those links, so they need no solver: one event at their end. When
 * somebody joins, the transfer moves into the fluid with the bytes it has left.
 */
import type { Kernel } from '../../kernel.ts';
import { grownFloats } from './growth.ts';

/** Ends nearer to a whole nanosecond than this count as on it: nanoseconds, and relative to the time. */
const INSTANT_NS = 1e-6;
const INSTANT_RELATIVE = 1e-15;

export class LoneTransfers {
  /** By link: the lone transfer on it, or -1. */
  readonly occupants: Int32Array;
  /** By transfer: when it entered, its rate in bytes a nanosecond, and the handle of its end. */
  private starts = new Float64Array(0);
  private rates = new Float64Array(0);
  private handles = new Float64Array(0);

  constructor(
    private readonly kernel: Kernel,
    links: number,
    private readonly ending: number,
  ) {
    this.occupants = new Int32Array(links).fill(-1);
  }

  /** Makes room for transfers 0 to size - 1. */
  reserve(size: number): void {
    this.starts = grownFloats(this.starts, size);
    this.rates = grownFloats(this.rates, size);
    this.handles = grownFloats(this.handles, size);
  }

  /** Gives the transfer the links of its route and schedules its end at that rate. */
  start(transfer: number, route: Int32Array, hops: number, bytes: number, rate: number): void {
    const { now } = this.kernel;
    for (let hop = 0; hop < hops; hop++) this.occupants[route[hop]] = transfer;
    this.starts[transfer] = now;
    this.rates[transfer] = rate;
    const end = Math.ceil(now + bytes / rate - INSTANT_NS - INSTANT_RELATIVE * now);
    this.handles[transfer] = this.kernel.schedule(end, this.ending, transfer, 0);
  }

  /** Frees the links of its route. */
  leave(transfer: number, route: Int32Array, hops: number): void {
    for (let hop = 0; hop < hops; hop++)
      if (this.occupants[route[hop]] === transfer) this.occupants[route[hop]] = -1;
  }

  /** Bytes left of so many at the beginning; 0 where what is left is rounding. */
  bytesLeft(transfer: number, bytes: number): number {
    const { now } = this.kernel;
    const left = bytes - (now - this.starts[transfer]) * this.rates[transfer];
    const rounding = (INSTANT_NS + INSTANT_RELATIVE * now) * this.rates[transfer];
    return left > rounding ? left : 0;
  }

  /** Takes its end back: it moves into the fluid, or out of the network. */
  takeBack(transfer: number): void {
    this.kernel.cancel(this.handles[transfer]);
  }
}
