/**
 * Enters what one stage takes in its world's ledger, item by item, when it comes and goes (PROTOCOLS
 * A.6). What outlives the view's training goes under an item of its own then.
 */
import type { World } from '../../../engine/world.ts';
import type { SegmentCosts } from '../../costs/segment-costs.ts';

/** What is kept of the view before, in case a repair has to go back to it. */
export const EARLIER = 'earlier view';

export class StageMemory {
  private readonly world: World;
  private readonly costs: SegmentCosts;
  private readonly recompute: boolean;
  /** What a micro-batch keeps between its forward and its backward. */
  private readonly keptBytes: number;
  private readonly previousBytes: number;
  /** Held now, of what goes when training stops. */
  private activations = 0;
  private buffers = 0;
  /** Held as part of an earlier view, if it is one. */
  private retired: number | null = null;
  private trains = true;

  /** Enters the segment itself: weights, gradients, optimizer slots, and with `previous` the version before. */
  constructor(world: World, costs: SegmentCosts, recompute: boolean, previous: boolean) {
    const { weightBytes, optimizerBytes } = costs;
    this.world = world;
    this.costs = costs;
    this.recompute = recompute;
    this.keptBytes = recompute ? costs.carryIn.forward : costs.activationBytes;
    this.previousBytes = previous ? weightBytes + optimizerBytes : 0;
    world.hold('weights', weightBytes);
    world.hold('gradients', weightBytes);
    if (optimizerBytes > 0) world.hold('optimizer', optimizerBytes);
    if (previous) world.hold('previous', this.previousBytes);
  }

  /** A carry came and waits for its forward. */
  forwardArrived(): void {
    this.holdBuffers(this.costs.carryIn.forward);
  }

  /** Its forward begins: what it brought is now part of the activations, or kept as the carry it is. */
  forwardBegins(received: boolean): void {
    if (received) this.releaseBuffers(this.costs.carryIn.forward);
    this.holdActivations(this.keptBytes);
  }

  /** What a forward gave waits at the replica gate. */
  forwardHeldBack(): void {
    this.holdBuffers(this.costs.carryOut.forward);
  }

  forwardLetGo(): void {
    this.releaseBuffers(this.costs.carryOut.forward);
  }

  /** A gradient came; it is worked on in place until its backward ends. */
  backwardArrived(): void {
    this.holdBuffers(this.costs.carryOut.backward);
  }

  /** The activations of one micro-batch are computed again. */
  recomputeBegins(): void {
    this.holdActivations(this.costs.activationBytes);
  }

  backwardEnded(received: boolean): void {
    if (received) this.releaseBuffers(this.costs.carryOut.backward);
    const bytes = this.keptBytes + (this.recompute ? this.costs.activationBytes : 0);
    this.activations -= bytes;
    this.world.release('activations', bytes);
  }

  /** Training has stopped for good: the state alone stays. */
  stop(): void {
    this.world.release('gradients', this.costs.weightBytes);
    if (this.activations > 0) this.world.release('activations', this.activations);
    if (this.buffers > 0) this.world.release('buffers', this.buffers);
    this.trains = false;
    this.activations = 0;
    this.buffers = 0;
  }

  /** What is held is of an earlier view from here on. */
  retire(): void {
    const { items } = this;
    this.retired = items.reduce((sum, [, bytes]) => sum + bytes, 0);
    for (const [item, bytes] of items) this.world.release(item, bytes);
    this.world.hold(EARLIER, this.retired);
  }

  /** Nothing of it is held any more. */
  drop(): void {
    if (this.retired !== null) return this.world.release(EARLIER, this.retired);
    for (const [item, bytes] of this.items) this.world.release(item, bytes);
  }

  /** All that is held, item by item, if it is not retired. */
  private get items(): [string, number][] {
    const { weightBytes, optimizerBytes } = this.costs;
    const items: [string, number][] = [
      ['weights', weightBytes],
      ['gradients', this.trains ? weightBytes : 0],
      ['optimizer', optimizerBytes],
      ['previous', this.previousBytes],
      ['activations', this.activations],
      ['buffers', this.buffers],
    ];
    return items.filter(([, bytes]) => bytes > 0);
  }

  private holdActivations(bytes: number): void {
    this.activations += bytes;
    this.world.hold('activations', bytes);
  }

  private holdBuffers(bytes: number): void {
    this.buffers += bytes;
    this.world.hold('buffers', bytes);
  }

  private releaseBuffers(bytes: number): void {
    this.buffers -= bytes;
    this.world.release('buffers', bytes);
  }
}
