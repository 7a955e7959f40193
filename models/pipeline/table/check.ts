/**
 * Checks of a table before it runs: every stage on one rank, every action once, and nobody waits for ever. Each gives a
 * sentence that says where and what, or null.
 */
import { printAction, type Action } from '../actions.ts';
import { replay } from './replay.ts';
import { placeText, type Place, type Table } from './table.ts';

/** The rank of each stage, by the first of its actions; -1 where there is none. */
export function ranksOfStages(table: Table): number[] {
  const ranks: number[] = [];
  for (const [rank, row] of table.entries())
    for (const { stage } of row.flat()) ranks[stage] ??= rank;
  return Array.from(ranks, (rank) => rank ?? -1);
}

/** Micro-batches 0 to this number less one are in the table. */
export function microBatchesOf(table: Table): number {
  let most = -1;
  for (const { microBatch } of table.flat(2)) most = Math.max(most, microBatch);
  return most + 1;
}

/** What is wrong with a table, in a sentence; null if it can run. */
export function wrongTable(table: Table): string | null {
  return wrongStages(table) ?? wrongActions(table) ?? wrongOrder(table);
}

function wrongStages(table: Table): string | null {
  const ranks = ranksOfStages(table);
  const idle = table.findIndex((row) => row.every((cell) => cell.length === 0));
  if (idle >= 0) return `rank ${idle} (from 0) has no action; one stage or more would be right`;
  const missing = ranks.indexOf(-1);
  if (missing >= 0)
    return `no rank has stage ${missing} of ${ranks.length}; stages from 0 without a gap would be right`;
  for (const [place, action] of placed(table)) {
    const rank = ranks[action.stage];
    if (place.rank !== rank)
      return `${placeText(place)}: ${printAction(action)} is of stage ${action.stage}, which is on rank ${rank}; all actions of a stage on one rank would be right`;
  }
  return null;
}

/** Every forward once, and either both gradients at once or each of them once. */
function wrongActions(table: Table): string | null {
  const seen = new Map<string, [Place, Action]>();
  for (const [place, action] of placed(table)) {
    const { stage, pass, microBatch } = action;
    const parts =
      pass === 'backward' ? (['input-gradient', 'weight-gradient'] as const) : ([pass] as const);
    for (const part of parts) {
      const key = `${stage}/${part}/${microBatch}`;
      const before = seen.get(key);
      if (before !== undefined)
        return `${placeText(place)}: ${printAction(action)} comes after ${printAction(before[1])} at ${placeText(before[0])}; every action once would be right`;
      seen.set(key, [place, action]);
    }
  }
  const microBatches = microBatchesOf(table);
  for (const [stage, rank] of ranksOfStages(table).entries())
    for (let microBatch = 0; microBatch < microBatches; microBatch++)
      for (const pass of ['forward', 'input-gradient', 'weight-gradient'] as const)
        if (!seen.has(`${stage}/${pass}/${microBatch}`))
          return `rank ${rank} (from 0) has no ${printAction({ stage, pass, microBatch })}, and the table has ${microBatches} micro-batches; every action once would be right`;
  return null;
}

function wrongOrder(table: Table): string | null {
  const stages = ranksOfStages(table).length;
  const { stuck } = replay(table, stages, { forward: 1, inputGradient: 1, weightGradient: 1 });
  let at = stuck.find((each) => each !== null);
  if (!at) return null;
  const find = (input: Action) => [...placed(table)].find(([, action]) => gives(action, input))!;
  const visited = new Set<number>();
  let [there, input] = find(at.input);
  // Whoever waits for another that waits is not the cause: follow them to one that waits for itself.
  while (there.rank !== at.rank && !visited.has(at.rank)) {
    visited.add(at.rank);
    at = stuck[there.rank]!;
    [there, input] = find(at.input);
  }
  const why = there.rank === at.rank ? 'in the same row' : 'whose rank waits in its turn';
  return `${placeText(at)}: ${printAction(at.action)} would wait for ever for ${printAction(input)} at ${placeText(there)}, ${why}; an order in which every input comes first would be right`;
}

function gives(action: Action, wanted: Action): boolean {
  const { stage, pass, microBatch } = action;
  if (stage !== wanted.stage || microBatch !== wanted.microBatch) return false;
  return pass === wanted.pass || (pass === 'backward' && wanted.pass !== 'forward');
}

function* placed(table: Table): Generator<[Place, Action]> {
  for (const [rank, row] of table.entries())
    for (const [column, cell] of row.entries())
      for (const action of cell) yield [{ rank, column }, action];
}
