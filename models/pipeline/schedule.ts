/**
 * What a node of a pipeline runs next: the one place where that is decided. A stage says what could begin, a schedule
 * chooses. What must come next in any case (an update, the backward after its recomputation) is not the schedule's affair.
 */
import type { Stage } from './stage/stage.ts';
import type { StageJob } from './stage/stage-job.ts';

export interface Schedule {
  /**
   * The next job of a node that holds these stages, begun: it must run, and come back to its stage. Null if nothing may
   * begin now; asked again whenever something has arrived or ended.
   */
  next(stages: readonly Stage[]): StageJob | null;
}
