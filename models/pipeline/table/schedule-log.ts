/**
 * Writes down what a run of any pipeline did in its first iteration, as a table: whatever decided it, the table does it
 * again. It knows jobs by their fields alone, since other protocols have jobs too.
 */
import type { Observer } from '../../../engine/observer.ts';
import type { Job, NodeId } from '../../../engine/world.ts';
import { ACTION_PASSES, type Action } from '../actions.ts';
import { type Cell, printTable } from './table.ts';

/** A job of a stage, or of several that run together. */
type LoggedJob = Job &
  Partial<Omit<Action, 'pass'>> & {
    readonly pass?: string;
    readonly iteration?: number;
    readonly epoch?: number;
    readonly parts?: readonly LoggedJob[];
  };

const PASSES: readonly string[] = Object.values(ACTION_PASSES);

export class ScheduleLog implements Observer {
  private readonly rows = new Map<NodeId, Cell[]>();

  /** What is done again after a failure is left out. */
  jobStarted(node: NodeId, job: LoggedJob): void {
    const { iteration, epoch, parts = [job] } = job;
    if (iteration !== 0 || epoch !== 0) return;
    const cell = parts.flatMap(({ stage, pass, microBatch }): Action[] =>
      stage !== undefined && microBatch !== undefined && PASSES.includes(pass!)
        ? [{ stage, pass: pass as Action['pass'], microBatch }]
        : [],
    );
    if (cell.length === 0) return;
    const row = this.rows.get(node);
    if (row === undefined) this.rows.set(node, [cell]);
    else row.push(cell);
  }

  /** A line a rank, of the first of equal pipelines; none where no node did a pass of a stage. */
  lines(): string[] {
    const nodes = [...this.rows.keys()].sort((one, other) => one - other);
    const seen = new Set<number>();
    const rows = nodes.flatMap((node) => {
      const row = this.rows.get(node)!;
      const stages = row.flat().map(({ stage }) => stage);
      if (stages.some((stage) => seen.has(stage))) return [];
      for (const stage of stages) seen.add(stage);
      return [row];
    });
    return printTable(rows);
  }
}
