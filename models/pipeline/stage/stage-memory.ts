/**
 * Keeps the ledger items of one stage, as they come and go (PROTOCOLS A.6). State that is kept after the view's
 * training moves to an item of its own.
 */
import type { World } from '../../../engine/world.ts';
import type { SegmentCosts } from '../../costs/segment-costs.ts';

/** Ledger item of weights that are not the newest, and that passes take. */
const VERSIONS = 'older weights';

/** Ledger item of state kept from an earlier view, in case a repair has to go back to it. */
export const EARLIER = 'earlier view';

export class StageMemory {
  private readonly world: World;
  private readonly costs: SegmentCosts;
  private readonly previousBytes: number;
  /** Bytes held now that are released when training stops. */
  private activations = 0;
  private versions = 0;
  private buffers = 0;
  /** Bytes held for an earlier view, if it is one. */
  private retired: number | null = null;
  private trains = true;

  /** Holds the segment itself: weights, gradients, optimizer slots, and with `previous` the version before. */
  constructor(world: World, costs: SegmentCosts, previous: boolean) {
    const { weightBytes, gradientBytes, optimizerBytes } = costs;
    this.world = world;
    this.costs = costs;
    this.previousBytes = previous ? weightBytes + optimizerBytes : 0;
    world.hold('weights', weightBytes);
    world.hold('gradients', gradientBytes);
    if (optimizerBytes > 0) world.hold('optimizer', optimizerBytes);
    if (costs.earlierBytes > 0) world.hold(VERSIONS, costs.earlierBytes);
    if (previous) world.hold('previous', this.previousBytes);
  }

  /** An update is about to keep the weights that it replaces. */
  versionKept(): void {
    this.versions += this.costs.weightBytes;
    this.world.hold(VERSIONS, this.costs.weightBytes);
  }

  versionDropped(): void {
    this.versions -= this.costs.weightBytes;
    this.world.release(VERSIONS, this.costs.weightBytes);
  }

  /** A carry came and waits for its forward. */
  forwardArrived(): void {
    this.holdBuffers(this.costs.carryIn.forward);
  }

  /** Its forward begins: its carry becomes part of the activations, or is kept alone, to be computed with again. */
  forwardBegins(received: boolean, again: boolean): void {
    const { carryIn, inputBytes, activationBytes } = this.costs;
    if (received) this.releaseBuffers(carryIn.forward);
    this.holdActivations(again ? inputBytes : activationBytes);
  }

  /** The result of a forward waits at the replica gate. */
  forwardHeldBack(): void {
    this.holdBuffers(this.costs.carryOut.forward);
  }

  forwardLetGo(): void {
    this.releaseBuffers(this.costs.carryOut.forward);
  }

  /** A gradient came; it is used in place until its backward ends. */
  backwardArrived(): void {
    this.holdBuffers(this.costs.carryOut.backward);
  }

  /** What completes a pass has come from the part of the layer before. */
  tailArrived(bytes: number): void {
    if (bytes > 0) this.holdBuffers(bytes);
  }

  tailTaken(bytes: number): void {
    if (bytes > 0) this.releaseBuffers(bytes);
  }

  /** The activations of one micro-batch are computed again. */
  recomputeBegins(): void {
    this.holdActivations(this.costs.activationBytes);
  }

  /** `again`: its activations were computed again. */
  backwardEnded(received: boolean, again: boolean): void {
    if (received) this.releaseBuffers(this.costs.carryOut.backward);
    const bytes = (again ? this.costs.inputBytes : 0) + this.costs.activationBytes;
    this.activations -= bytes;
    this.world.release('activations', bytes);
  }

  /** Training has stopped for good: only the state stays. */
  stop(): void {
    this.world.release('gradients', this.costs.gradientBytes);
    if (this.activations > 0) this.world.release('activations', this.activations);
    if (this.buffers > 0) this.world.release('buffers', this.buffers);
    if (this.versions > 0) this.world.release(VERSIONS, this.versions);
    this.trains = false;
    this.activations = 0;
    this.versions = 0;
    this.buffers = 0;
  }

  /** What is held belongs to an earlier view from here on. */
  retire(): void {
    const { items } = this;
    this.retired = items.reduce((sum, [, bytes]) => sum + bytes, 0);
    for (const [item, bytes] of items) this.world.release(item, bytes);
    this.world.hold(EARLIER, this.retired);
  }

  /** Releases everything. */
  drop(): void {
    if (this.retired !== null) return this.world.release(EARLIER, this.retired);
    for (const [item, bytes] of this.items) this.world.release(item, bytes);
  }

  /** All that is held, by item, if it is not retired. */
  private get items(): [string, number][] {
    const { weightBytes, gradientBytes, optimizerBytes, earlierBytes } = this.costs;
    const items: [string, number][] = [
      ['weights', weightBytes],
      ['gradients', this.trains ? gradientBytes : 0],
      ['optimizer', optimizerBytes],
      [VERSIONS, earlierBytes + this.versions],
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
