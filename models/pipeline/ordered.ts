/**
 * A schedule that is a list of actions a node, done in order in every iteration: GPipe, 1F1B and hand-written tables
 * (PROTOCOLS H). An action waits for its input, and all actions after it wait too.
 */
import type { Action } from './actions.ts';
import type { Schedule } from './schedule.ts';
import type { Stage } from './stage/stage.ts';
import type { StageJob } from './stage/stage-job.ts';

export class OrderedSchedule implements Schedule {
  private readonly actions: readonly Action[];
  private at = 0;

  /** @param actions those of one iteration, for the stages of one node */
  constructor(actions: readonly Action[]) {
    this.actions = actions;
  }

  next(stages: readonly Stage[]): StageJob | null {
    for (const stage of stages) {
      const job = stage.due();
      if (job !== null) return job;
    }
    const { stage: number, pass, microBatch } = this.actions[this.at];
    const stage = stages.find(({ position }) => position === number);
    if (stage === undefined)
      throw new Error(`the schedule has an action for stage ${number}, which is not of this node`);
    if (!stage.ready(pass, microBatch)) return null;
    this.at = (this.at + 1) % this.actions.length;
    return stage.begin(pass, microBatch);
  }
}
