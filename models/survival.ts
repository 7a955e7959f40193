/** What becomes of a run where a fault strikes, by the kind of the fault: what a protocol alone can know. */
import type { FaultKind } from '../engine/faults/fault-rule.ts';

export type Survival =
  /** Training waits until the fault is over; nothing is lost, and nobody has to do anything about it. */
  | 'waits'
  /** The others go on without what is struck, and lose no state as long as what `docs/failures.md` asks for is left. */
  | 'repairs'
  /** State may be lost: training goes back to the last checkpoint, or to its beginning. */
  | 'restarts'
  /** Nobody notices what is lost or can make up for it: the run ends at once. */
  | 'ends';

export type Survivals = Readonly<Record<FaultKind, Survival>>;

/** What channels and waiting make of every fault that takes no memory. */
export const WAITS_FOR_ALL: Omit<Survivals, 'crash'> = {
  pause: 'waits',
  slow: 'waits',
  cut: 'waits',
  partition: 'waits',
  loss: 'waits',
  duplicate: 'waits',
  reorder: 'waits',
  degrade: 'waits',
};

/** Of a protocol whose nodes go on without those that they cannot hear, and take them in again. */
export const GOES_ON_WITHOUT: Omit<Survivals, 'crash'> = {
  ...WAITS_FOR_ALL,
  pause: 'repairs',
  cut: 'repairs',
  partition: 'repairs',
};
