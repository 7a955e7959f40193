/** What becomes of a run after a fault, by the fault's kind. Only the protocol knows. */
import type { FaultKind } from '../engine/faults/fault-rule.ts';

type Survival =
  /** Training waits until the fault is over; nothing is lost, and nothing has to be done. */
  | 'waits'
  /**
   * The others go on without the nodes concerned, and lose no state as long as what `docs/failures.md` asks for is
   * left.
   */
  | 'repairs'
  /** State may be lost: training goes back to the last checkpoint, or to its beginning. */
  | 'restarts'
  /** No node notices the loss or can make up for it: the run ends at once. */
  | 'ends';

/** What the final weights depend on beside the scenario: nothing, who takes part in each iteration, or all moments. */
export type Timing = 'independent' | 'membership' | 'dependent';

export type Survivals = Readonly<Record<FaultKind, Survival>>;

/** Survival of all faults that leave memory intact, for protocols that only wait. */
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

/** For protocols that go back with all nodes when one has lost its memory (see `restart/`). */
export const RESTARTS: Survivals = { ...WAITS_FOR_ALL, crash: 'restarts' };

/** For protocols that go on without nodes they cannot hear, and let them join again. */
export const GOES_ON_WITHOUT: Omit<Survivals, 'crash'> = {
  ...WAITS_FOR_ALL,
  pause: 'repairs',
  cut: 'repairs',
  partition: 'repairs',
};
