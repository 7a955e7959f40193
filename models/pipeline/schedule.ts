/**
 * Decides what a node of a pipeline runs next; nothing else does. Stages say what could begin, the schedule chooses.
 * What must follow in any case (an update, the backward after its recomputation) is not the schedule's choice.
 */
import type { PairJob } from './stage/pair-job.ts';
import type { Stage } from './stage/stage.ts';
import type { StageJob } from './stage/stage-job.ts';

export interface Schedule {
  /**
   * Begins and returns the next job of a node with these stages; it must run and be handed back to its stage. Null if
   * nothing can begin now. Called whenever something has arrived or ended.
   */
  next(stages: readonly Stage[]): StageJob | PairJob | null;
}
