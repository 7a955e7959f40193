/**
 * Plays a table in its head: each cell takes a given time, begins once its rank is free and its inputs are there, and
 * sending takes none. It finds the makespan, who idles how long, what is alive at most, and where a table gets stuck.
 */
import type { Action } from '../actions.ts';
import type { Cell, Place, Row, Table } from './table.ts';

/** What each pass costs, in any unit. */
export interface PassCosts {
  readonly forward: number;
  readonly inputGradient: number;
  readonly weightGradient: number;
  /** A forward and a backward that run together; as long as both one after the other if left out. */
  readonly pair?: number;
}

export interface Replay {
  readonly makespan: number;
  /** Of each rank: the part of the makespan in which it does nothing. */
  readonly idle: readonly number[];
  /** Of each rank: the most forwards at once whose gradients are not done. */
  readonly peak: readonly number[];
  /** Of each rank: the cell that never begins, and what it waits for; null if all of the row is done. */
  readonly stuck: readonly (Stuck | null)[];
}

export interface Stuck extends Place {
  readonly action: Action;
  readonly input: Action;
}

/** The time of a cell. */
export function cellCost(cell: Cell, costs: PassCosts): number {
  if (cell.length === 2 && costs.pair !== undefined) return costs.pair;
  const { forward, inputGradient, weightGradient } = costs;
  const each = {
    forward,
    'input-gradient': inputGradient,
    'weight-gradient': weightGradient,
    backward: inputGradient + weightGradient,
  };
  return cell.reduce((sum, { pass }) => sum + each[pass], 0);
}

/** The most micro-batches of all its stages that a rank holds at once. */
export function peakOf(row: Row): number {
  let [alive, peak] = [0, 0];
  for (const cell of row) {
    for (const { pass } of cell) if (pass === 'forward') peak = Math.max(peak, ++alive);
    for (const { pass } of cell) if (pass === 'backward' || pass === 'weight-gradient') alive--;
  }
  return peak;
}

/** What must be done before that action can begin, on whichever rank. */
export function inputsOf({ stage, pass, microBatch }: Action, stages: number): Action[] {
  if (pass === 'forward') return stage === 0 ? [] : [{ stage: stage - 1, pass, microBatch }];
  if (pass === 'weight-gradient') return [{ stage, pass: 'input-gradient', microBatch }];
  const forward: Action = { stage, pass: 'forward', microBatch };
  if (stage === stages - 1) return [forward];
  return [forward, { stage: stage + 1, pass: 'input-gradient', microBatch }];
}

/** Both gradients at once give the input gradient too. */
function resultOf({ stage, pass, microBatch }: Action): string {
  const kind = pass === 'backward' ? 'input-gradient' : pass;
  return `${stage}/${kind}/${microBatch}`;
}

class Player {
  readonly busy: number[];
  readonly free: number[];
  private readonly at: number[];
  private readonly doneAt = new Map<string, number>();

  constructor(
    private readonly table: Table,
    private readonly stages: number,
    private readonly costs: PassCosts,
  ) {
    this.busy = table.map(() => 0);
    this.free = table.map(() => 0);
    this.at = table.map(() => 0);
  }

  /** Plays all ranks as far as they go. */
  play(): void {
    let goesOn = true;
    while (goesOn) {
      goesOn = false;
      for (let rank = 0; rank < this.table.length; rank++) while (this.step(rank)) goesOn = true;
    }
  }

  stuck(rank: number): Stuck | null {
    const column = this.at[rank];
    for (const action of this.table[rank].at(column) ?? []) {
      const input = inputsOf(action, this.stages).find((each) => !this.isDone(each));
      if (input !== undefined) return { rank, column, action, input };
    }
    return null;
  }

  /** Does the next cell of the rank, if it can begin. */
  private step(rank: number): boolean {
    const column = this.at[rank];
    if (column === this.table[rank].length) return false;
    const cell = this.table[rank][column];
    const inputs = cell.flatMap((action) => inputsOf(action, this.stages));
    if (!inputs.every((input) => this.isDone(input))) return false;
    const from = inputs.map((input) => this.doneAt.get(resultOf(input))!);
    const cost = cellCost(cell, this.costs);
    if (cell.length > 0) this.free[rank] = Math.max(this.free[rank], ...from) + cost;
    this.busy[rank] += cost;
    for (const action of cell) this.doneAt.set(resultOf(action), this.free[rank]);
    this.at[rank]++;
    return true;
  }

  private isDone(action: Action): boolean {
    return this.doneAt.has(resultOf(action));
  }
}

/** @param stages those of the whole line */
export function replay(table: Table, stages: number, costs: PassCosts): Replay {
  const player = new Player(table, stages, costs);
  player.play();
  const makespan = player.free.reduce((most, time) => Math.max(most, time), 0);
  return {
    makespan,
    idle: player.busy.map((busy) => makespan - busy),
    peak: table.map(peakOf),
    stuck: table.map((_, rank) => player.stuck(rank)),
  };
}
