/**
 * The schedule of RingTMP (PROTOCOLS A.4): the lowest backward that is ready, else a forward if window and credits
 * allow it, and in idle time the forward that the next backward needs is repeated. It needs no plan and no times.
 */
import type { Schedule } from './schedule.ts';
import type { Stage } from './stage/stage.ts';
import type { StageJob } from './stage/stage-job.ts';

export const greedy = {
  next(stages: readonly Stage[]): StageJob | null {
    // Counted loops: this runs at every message.
    for (let k = 0; k < stages.length; k++) {
      const job = stages[k].due();
      if (job !== null) return job;
    }
    for (let k = 0; k < stages.length; k++)
      if (stages[k].backwardReady()) return stages[k].beginBackward('backward');
    for (let k = 0; k < stages.length; k++)
      if (stages[k].forwardAdmitted()) return stages[k].beginForward();
    for (let k = 0; k < stages.length; k++)
      if (stages[k].recomputeReady()) return stages[k].beginRecompute();
    return null;
  },
} satisfies Schedule;
