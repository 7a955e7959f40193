/**
 * At which version lost positions of a layout begin anew (PROTOCOLS C, repair by `log`). What they send before it nobody
 * has logged any more, so that it must not be newer than what their neighbours lack, or would lack if they were lost as
 * well and made anew from their replicas.
 */
import type { LiveCopy, Owner } from './survivors.ts';

/** Positions in a row, around the ring. */
export type Run = readonly number[];

/** The versions that a run of lost positions can begin at, and what follows for those around it. */
export interface FreshStart {
  readonly run: Run;
  /** The newest version that they can begin at. */
  readonly newest: number;
  /** The newest that nobody can come to lack anything from before. */
  readonly safe: number;
  /** The most micro-batches that a neighbour has got of theirs. */
  readonly gotten: number;
}

/** What is left of a layout. */
interface Left {
  readonly owners: readonly (Owner | null)[];
  readonly copies: readonly (readonly LiveCopy[])[];
  readonly microBatches: number;
}

/** Lost positions between two that are not. */
function runsOf(owners: readonly (Owner | null)[]): Run[] {
  const count = owners.length;
  const runs: number[][] = [];
  for (let start = 0; start < count; start++) {
    if (owners[start] !== null || owners[(start + count - 1) % count] === null) continue;
    const run: number[] = [];
    for (let p = start; owners[p] === null; p = (p + 1) % count) run.push(p);
    runs.push(run);
  }
  return runs;
}

/** Those next to a run. */
function around(run: Run, count: number): [number, number] {
  return [(run[0] + count - 1) % count, (run[run.length - 1] + 1) % count];
}

/**
 * How many micro-batches the neighbours of lost positions have got all of, so that those may begin behind them: none is
 * sent again what it has got, and none lacks what is never sent again.
 */
function gotten(run: Run, owners: readonly (Owner | null)[]): { least: number; most: number } {
  const last = owners.length - 1;
  const [start, end] = [run[0], run[run.length - 1]];
  const [before, behind] = around(run, owners.length).map((each) => owners[each]!.standing);
  const indices = [
    start === 0 ? before.labels : before.backwards,
    end === last ? behind.losses : behind.forwards,
  ];
  return { least: Math.min(...indices), most: Math.max(...indices) };
}

/** The newest version that positions can begin at, if all of the run are lost: replicas have it, neighbours got it. */
function newestOf(run: Run, { owners, copies, microBatches }: Left): number {
  const kept = run.flatMap((position) => copies[position].map(({ high }) => high));
  return Math.min(...kept, Math.floor(gotten(run, owners).least / microBatches));
}

/** The run and the next position on one side, with those that are lost behind it. */
function extended(run: Run, owners: readonly (Owner | null)[], toFront: boolean): Run {
  const longer = [...run];
  const count = owners.length;
  let [before, behind] = around(longer, count);
  do {
    if (toFront) longer.unshift(before);
    else longer.push(behind);
    [before, behind] = around(longer, count);
  } while (longer.length < count && owners[toFront ? before : behind] === null);
  return longer;
}

/** Whether each of them has a replica at a position that is not one of them. */
function survives(run: Run, copies: readonly (readonly LiveCopy[])[]): boolean {
  return run.every((position) => copies[position].some(({ holder }) => !run.includes(holder)));
}

/** The newest version that is no newer than any their neighbours would begin at, for as many losses as leave replicas. */
function safeFor(run: Run, left: Left): number {
  const { owners, copies } = left;
  let safe = newestOf(run, left);
  for (const toFront of [true, false])
    for (
      let more = extended(run, owners, toFront);
      survives(more, copies);
      more = extended(more, owners, toFront)
    )
      safe = Math.min(safe, newestOf(more, left));
  return safe;
}

/** How the lost positions may begin anew; null if the neighbours or the replicas of some do not allow it. */
export function freshStarts(left: Left): FreshStart[] | null {
  const { owners, copies } = left;
  const starts = runsOf(owners).map((run) => {
    const newest = newestOf(run, left);
    const least = Math.max(
      ...around(run, owners.length).map((each) => owners[each]!.standing.kept),
      ...run.map((position) => copies[position][0]?.low ?? Infinity),
    );
    if (least > newest) return null;
    const safe = Math.max(least, safeFor(run, left));
    return { run, newest, safe, gotten: gotten(run, owners).most };
  });
  return starts.every((start) => start !== null) ? starts : null;
}
