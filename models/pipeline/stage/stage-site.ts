/** What a stage is given: its place, its tools, and its hooks. */
import type { World } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { Courier } from '../courier.ts';
import type { Share } from '../layout.ts';
import type { StageNumerics } from './numerics.ts';
import type { Placement } from '../placement.ts';
import type { StageMemory } from './stage-memory.ts';
import type { PipelineWork } from './work.ts';

export interface StageSite {
  readonly world: World;
  readonly work: PipelineWork;
  readonly placement: Placement;
  /** The number of the stage, from the first of the line, over all copies. */
  readonly position: number;
  readonly share: Share;
  readonly courier: Courier;
  readonly memory: StageMemory;
  /** Null under `numerics: 'cost'`. */
  readonly numerics: StageNumerics | null;
  /** Training goes on from the weights of that version. */
  readonly version: number;
  /** Replicas of this stage. */
  readonly replicas: number;
}

export interface StageHooks {
  /** The first stage is about to begin that iteration; false holds it back for now. */
  mayBegin(iteration: number): boolean;
  /**
   * The gradient of the batch is complete. The update is due once `update` is called: at once, or when the gradient
   * has been summed with others. The node must then look for work again.
   */
  gradientReady(update: () => void): void;
  /** The weights are now those after `version` steps. */
  updated(position: number, version: number): void;
  /** They are final as far as this stage knows: replicas must get the gradient that made them. */
  committed(position: number, version: number, gradient: FloatArray | null): void;
}

/** Hooks of nodes that hold nothing back and inform nobody; one object for all of them. */
export const NO_HOOKS: StageHooks = {
  mayBegin: () => true,
  gradientReady: (update) => update(),
  updated() {},
  committed() {},
};
