/**
 * Whether other programs use the machine: what is measured meanwhile says nothing. It reads what Linux counts of all
 * processes; elsewhere the machine passes for quiet.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** The part of the machine's time that others may have. */
export const MOST_OF_OTHERS = 0.03;
const LOOK_MS = 500;
const TICKS_PER_SECOND = 100;

/** Ticks of all processors but idle ones, and those of this process and its children, living and dead. */
function ticks(): { all: number; own: number } {
  const [user, nice, system, , , irq, softIrq] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  let own = 0;
  for (const name of readdirSync('/proc')) {
    const used = /^\d+$/.test(name) ? ticksOf(name) : null;
    if (used === null) continue;
    if (Number(name) === process.pid) own += used.self + used.ended;
    else if (used.parent === process.pid) own += used.self;
  }
  return { all: user + nice + system + irq + softIrq, own };
}

/** Null of a process that has just ended. */
function ticksOf(pid: string): { parent: number; self: number; ended: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent: fields[1], self: fields[11] + fields[12], ended: fields[13] + fields[14] };
  } catch {
    return null;
  }
}

/** Begins to look; the function says which part of the machine's time others have had since. */
export function lookForOthers(): () => number {
  if (!existsSync('/proc/stat')) return () => 0;
  const [before, beganMs] = [ticks(), performance.now()];
  return () => {
    const after = ticks();
    const others = after.all - before.all - (after.own - before.own);
    const seconds = (performance.now() - beganMs) / 1000;
    return Math.max(0, others / TICKS_PER_SECOND / availableParallelism() / seconds);
  };
}

export interface Patience {
  /** How long is waited for a quiet machine, each time. */
  readonly patienceMs: number;
  /** How often something is measured at most. */
  readonly times: number;
}

/** Waits until others leave the machine alone, but no longer than that. */
async function untilQuiet(patienceMs: number): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    const others = lookForOthers();
    await setTimeout(LOOK_MS);
    if (others() <= MOST_OF_OTHERS) return;
  }
}

/** Does it while others leave the machine alone: again where they do not, but not more often than so many times. */
export async function quietly<T>(
  work: () => Promise<T>,
  { patienceMs, times }: Patience,
): Promise<{ made: T; others: number }> {
  let best: { made: T; others: number } | null = null;
  for (let time = 1; ; time++) {
    await untilQuiet(patienceMs);
    const others = lookForOthers();
    const one = { made: await work(), others: others() };
    if (best === null || one.others < best.others) best = one;
    if (best.others <= MOST_OF_OTHERS || time >= times) return best;
  }
}
