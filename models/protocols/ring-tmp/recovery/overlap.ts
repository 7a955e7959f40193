/** What an old and a new position have in common, by the plan of a repair: state moves within a ring. */
import { placeOf } from '../../../pipeline/placement.ts';
import type { RecoveryPlan } from '../layout/ring-view.ts';

/** The blocks [low, high) of both; null if there are none. */
export function overlapOf(
  { view, source }: RecoveryPlan,
  old: number,
  position: number,
): { low: number; high: number } | null {
  const [from, to] = [placeOf(source, old), placeOf(view, position)];
  if (from.copy !== to.copy) return null;
  const low = Math.max(source.bounds[from.place], view.bounds[to.place]);
  const high = Math.min(source.bounds[from.place + 1], view.bounds[to.place + 1]);
  return low < high ? { low, high } : null;
}
