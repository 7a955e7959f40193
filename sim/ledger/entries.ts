/** Holds predictions against published figures: runs what a table asks for, each scenario once. */
import type { Cell, Published, Rate } from '../../scenarios/published/published.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { steadyOf } from '../../reports/steady.ts';
import { simulate } from '../assemble.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { resolveScenario } from '../scenario/resolve.ts';

/** A published table under the name of its file. */
export interface NamedTable {
  readonly name: string;
  readonly table: Published;
}

export interface HeldCell {
  readonly cell: Cell;
  /** Null where the run failed. */
  readonly predicted: number | null;
  /** Predicted over published, less 1. */
  readonly error: number | null;
  readonly failure: string | null;
}

export interface HeldTable extends NamedTable {
  readonly cells: readonly HeldCell[];
}

const EVENTS_AT_ONCE = 1e6;

/** The rate of its only run. @throws Error with the reason where there is none */
async function rateOf(written: Scenario): Promise<number> {
  const { scenario } = await resolveScenario(written);
  const { simulation, log } = simulate(scenario, 0, null);
  while (simulation.run(EVENTS_AT_ONCE)) await new Promise(setImmediate);
  const run = simulation.result();
  if (run.failure !== null) throw new Error(`${scenario.name}: ${run.failure.message}`);
  const steady = steadyOf({ run, training: log.record() });
  if (steady === null) throw new Error(`${scenario.name} has no steady window`);
  return steady.samplesPerSecond;
}

/** Each scenario is known by all that it says. */
export function ratesOnce(tell: (name: string) => void): Rate {
  const known = new Map<string, Promise<number>>();
  return (scenario) => {
    const key = JSON.stringify(scenario);
    let rate = known.get(key);
    if (rate === undefined) {
      tell(scenario.name);
      known.set(key, (rate = rateOf(scenario)));
    }
    return rate;
  };
}

/** What the simulator says to each cell. */
export async function hold({ name, table }: NamedTable, rate: Rate): Promise<HeldTable> {
  const cells: HeldCell[] = [];
  for (const cell of table.cells) {
    try {
      const predicted = await cell.predict(rate);
      const error = predicted / cell.published - 1;
      cells.push({ cell, predicted, error, failure: null });
    } catch (error) {
      if (!(error instanceof Error) || error instanceof TypeError) throw error;
      const kind = error instanceof BadInput ? 'refused: ' : '';
      cells.push({ cell, predicted: null, error: null, failure: kind + error.message });
    }
  }
  return { name, table, cells };
}
