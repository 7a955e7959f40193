/** What a node of the ring has from the moment the ring is laid out: its costs, its limits, its numerics, its books. */
import type { World } from '../../../engine/world.ts';
import { MemoryBook } from './memory-book.ts';
import type { RingWork } from './ring-work.ts';
import type { SegmentCosts } from './segment-costs.ts';
import type { Stage } from './stage.ts';
import type { Window } from './window.ts';

export class OwnSegment {
  readonly costs: SegmentCosts;
  readonly window: Window;
  readonly memory: MemoryBook;
  /** Null under `numerics: 'cost'`. */
  readonly stage: Stage | null;

  /** Enters the segment in the ledger and makes its initial weights; the full token stays the caller's. */
  constructor(world: World, work: RingWork, token: Float64Array) {
    const { costs, window } = work.share(token, world.self);
    this.costs = costs;
    this.window = window;
    this.memory = new MemoryBook(world, costs, work.options.recompute);
    this.stage = work.stage(costs.low, costs.high);
  }
}
