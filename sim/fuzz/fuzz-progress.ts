/** Progress of fuzzing, in one line. */
import { formatCounted, formatWait } from '../../engine/format.ts';
import { progressBar } from '../ui/bars.ts';

const BAR_CELLS = 24;

interface FuzzCounts {
  readonly done: number;
  readonly found: number;
}

/** The goal: seeds, or milliseconds where those end first. */
interface FuzzGoal {
  readonly seeds: number;
  readonly limitMs: number;
}

/** The line for that many seeds in that many milliseconds. */
export function progressLine({ done, found }: FuzzCounts, goal: FuzzGoal, tookMs: number): string {
  const bySeeds = done / goal.seeds;
  const fraction = Math.max(bySeeds, tookMs / goal.limitMs);
  const { done: full, left } = progressBar(fraction, BAR_CELLS);
  const rate = done / Math.max(tookMs / 1000, 0.001);
  const leftSeconds = Math.min(
    done > 0 ? (goal.seeds - done) / rate : Infinity,
    (goal.limitMs - tookMs) / 1000,
  );
  const of = Number.isFinite(goal.seeds) ? `/${goal.seeds}` : '';
  const wait = Number.isFinite(leftSeconds) ? `, ${formatWait(Math.max(0, leftSeconds))} left` : '';
  const findings = formatCounted(found, 'finding');
  return `${full}${left} ${done}${of} seeds, ${rate.toFixed(1)} seeds/s${wait}, ${findings}`;
}
