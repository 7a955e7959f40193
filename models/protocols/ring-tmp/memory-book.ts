/** Enters what a node of the ring holds in its world's ledger, item by item, when it comes and goes (PROTOCOLS A.6). */
import type { World } from '../../../engine/world.ts';
import type { SegmentCosts } from './segment-costs.ts';

export class MemoryBook {
  private readonly world: World;
  private readonly costs: SegmentCosts;
  private readonly recompute: boolean;
  /** What a micro-batch keeps between its forward and its backward. */
  private readonly keptBytes: number;

  /** Enters the segment itself: weights, gradients, optimizer slots. */
  constructor(world: World, costs: SegmentCosts, recompute: boolean) {
    this.world = world;
    this.costs = costs;
    this.recompute = recompute;
    this.keptBytes = recompute ? costs.carryIn.forward : costs.activationBytes;
    world.hold('weights', costs.weightBytes);
    world.hold('gradients', costs.weightBytes);
    if (costs.optimizerBytes > 0) world.hold('optimizer', costs.optimizerBytes);
  }

  /** A carry came and waits for its forward. */
  forwardArrived(): void {
    this.world.hold('buffers', this.costs.carryIn.forward);
  }

  /** Its forward begins: what it brought is now part of the activations, or kept as the carry it is. */
  forwardBegins(received: boolean): void {
    if (received) this.world.release('buffers', this.costs.carryIn.forward);
    this.world.hold('activations', this.keptBytes);
  }

  /** A gradient came; it is worked on in place until its backward ends. */
  backwardArrived(): void {
    this.world.hold('buffers', this.costs.carryOut.backward);
  }

  /** The activations of one micro-batch are computed again. */
  recomputeBegins(): void {
    this.world.hold('activations', this.costs.activationBytes);
  }

  backwardEnded(received: boolean): void {
    if (received) this.world.release('buffers', this.costs.carryOut.backward);
    const again = this.recompute ? this.costs.activationBytes : 0;
    this.world.release('activations', this.keptBytes + again);
  }
}
