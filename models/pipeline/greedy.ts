/**
 * The schedule of RingTMP (PROTOCOLS A.4): the lowest backward that is ready, else a forward as far as window and credits
 * allow it. Nobody plans it, and nobody need know how long anything takes.
 */
import type { Schedule } from './schedule.ts';

export const greedy: Schedule = {
  next(stages) {
    for (const stage of stages) {
      const job = stage.due();
      if (job !== null) return job;
    }
    for (const stage of stages) if (stage.backwardReady()) return stage.begin('backward');
    for (const stage of stages) if (stage.forwardAdmitted()) return stage.begin('forward');
    return null;
  },
};
