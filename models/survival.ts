/** What becomes of a run after a fault, by the fault's kind. Only the protocol knows. */
import type { FaultKind } from '../engine/faults/fault-rule.ts';
import type { NodeId } from '../engine/world.ts';

export type Survival =
  /** Training goes on, or waits until the fault is over; nothing is lost, and nothing has to be done. */
  | 'waits'
  /**
   * The others go on without the nodes concerned, and lose no state as long as what `docs/failures.md` asks for is
   * left.
   */
  | 'repairs'
  /** State may be lost: training goes back to the last checkpoint, or to its beginning. */
  | 'restarts'
  /** Its nodes find that they cannot go on: the run fails, with the reason, though perhaps only after a long wait. */
  | 'fails'
  /** No node notices the loss or can make up for it: the run ends at once. */
  | 'ends';

/** What the final weights depend on beside the scenario: nothing, who takes part in each iteration, or all moments. */
export type Timing = 'independent' | 'membership' | 'dependent';

export type Survivals = Readonly<Record<FaultKind, Survival>>;

/** What the fate of a run with a crash hangs on beside its options. No node has been lost before. */
export interface CrashSetting {
  readonly nodes: number;
  /** Who is struck: a node, or any node of a role; any node at all if null. */
  readonly struck: NodeId | string | null;
  /** Its host comes back. */
  readonly returns: boolean;
  /** The run saves checkpoints. */
  readonly checkpoints: boolean;
}

/** A crash of any of many hosts, which comes back, where checkpoints are saved. */
export const MENDABLE_CRASH: CrashSetting = {
  nodes: Infinity,
  struck: null,
  returns: true,
  checkpoints: true,
};

/** Whether the others are more than half of all, as n - 1 of more than two are, or wait for whoever is lost. */
export function isRejoined({ nodes, returns }: CrashSetting): boolean {
  return returns || nodes > 2;
}

/** The fate of those who have lost state that was nowhere else. */
export function fateWithoutCopy(crash: CrashSetting): 'restarts' | 'fails' {
  return crash.checkpoints && isRejoined(crash) ? 'restarts' : 'fails';
}

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

/** For protocols that go back with all nodes when one has lost its memory (see `restart/`), if need be to the beginning. */
export function restartsAsOne({ returns }: CrashSetting): Survivals {
  return { ...WAITS_FOR_ALL, crash: returns ? 'restarts' : 'fails' };
}

/** For protocols that go on without nodes they cannot hear, and let them join again. */
export const GOES_ON_WITHOUT: Omit<Survivals, 'crash'> = {
  ...WAITS_FOR_ALL,
  pause: 'repairs',
  cut: 'repairs',
  partition: 'repairs',
};
