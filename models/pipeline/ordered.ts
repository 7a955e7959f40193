/**
 * A schedule that is a row of a table, done in order in every iteration: GPipe, 1F1B and hand-written tables (PROTOCOLS
 * H). An action waits for its input, and all actions after it wait too.
 */
import type { Action } from './actions.ts';
import type { Schedule } from './schedule.ts';
import { PairJob } from './stage/pair-job.ts';
import type { Stage } from './stage/stage.ts';
import type { StageJob } from './stage/stage-job.ts';
import type { Cell, Row } from './table/table.ts';

export class OrderedSchedule implements Schedule {
  private readonly cells: readonly Cell[];
  private readonly overlap: number;
  private at = 0;

  /**
   * @param row what the stages of one node do in an iteration
   * @param overlap the share of the shorter pass that a pair saves
   */
  constructor(row: Row, overlap = 0) {
    this.cells = row.filter((cell) => cell.length > 0);
    this.overlap = overlap;
  }

  next(stages: readonly Stage[]): StageJob | PairJob | null {
    for (const stage of stages) {
      const job = stage.due();
      if (job !== null) return job;
    }
    const cell = this.cells[this.at];
    for (const { stage, pass, microBatch } of cell)
      if (!stageOf(stages, stage).ready(pass, microBatch)) return this.ahead(stages, cell);
    this.at = (this.at + 1) % this.cells.length;
    const [first, second] = cell;
    const job = begin(stages, first);
    return second === undefined ? job : new PairJob([job, begin(stages, second)], this.overlap);
  }

  /** While a gradient is waited for, the forward that its backward needs is repeated. */
  private ahead(
    stages: readonly Stage[],
    [{ stage: number, pass, microBatch }]: Cell,
  ): StageJob | null {
    if (pass !== 'backward' && pass !== 'input-gradient') return null;
    const stage = stageOf(stages, number);
    return stage.recomputeReady(microBatch) ? stage.beginRecompute(microBatch) : null;
  }
}

function begin(stages: readonly Stage[], { stage, pass, microBatch }: Action): StageJob {
  return stageOf(stages, stage).begin(pass, microBatch);
}

function stageOf(stages: readonly Stage[], number: number): Stage {
  for (let k = 0; k < stages.length; k++) if (stages[k].at.place === number) return stages[k];
  throw new Error(`the schedule has an action for stage ${number}, which is not of this node`);
}
