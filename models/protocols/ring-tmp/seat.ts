/** What a trainer is given: where it works and with what, and whom it asks and tells. */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { Courier } from './courier.ts';
import type { Share } from './layout.ts';
import type { MemoryBook } from './memory-book.ts';
import type { RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import type { Stage } from './stage.ts';

/** A position of a view, and what its training takes. */
export interface Seat {
  readonly world: World;
  readonly work: RingWork;
  readonly view: RingView;
  readonly position: number;
  readonly share: Share;
  readonly courier: Courier;
  readonly memory: MemoryBook;
  /** Null under `numerics: 'cost'`. */
  readonly stage: Stage | null;
  /** Training goes on from the weights after that many steps. */
  readonly version: number;
  /** Replicas of this position. */
  readonly replicas: number;
}

export interface TrainerHooks {
  /** Position 0 is about to inject the first micro-batch of that iteration; false holds it back for now. */
  mayBegin(iteration: number): boolean;
  /** The weights are those after `version` steps now. */
  updated(position: number, version: number): void;
  /** They are final as far as this position can tell: replicas are to have the gradient that made them. */
  committed(position: number, version: number, gradient: FloatArray | null): void;
}
