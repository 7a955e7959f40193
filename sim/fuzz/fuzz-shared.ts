/** Messages between the thread that hands out seeds and the threads that run them. */
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Breach, Examined } from './claims.ts';

/** Start data of a thread. */
export interface FuzzWork {
  readonly protocols: readonly string[];
  /** Milliseconds for shrinking one finding. */
  readonly shrinkMs: number;
}

/** The next task: draw and run a seed. */
export interface FuzzTask {
  readonly seed: number;
  /** Claims that have been broken often enough: scenarios that break them first are not shrunk. */
  readonly wellKnown: readonly string[];
}

/** The seed has been drawn and is being run. */
export interface Drawn {
  readonly kind: 'drawn';
  readonly scenario: Scenario;
}

export interface Passed {
  readonly kind: 'passed';
  readonly seed: number;
  readonly examined: Examined;
  /** How the run ended. */
  readonly outcome: string;
  /** Whether the protocol promises to survive its faults. */
  readonly promised: boolean;
  readonly faults: number;
  readonly events: number;
}

/** The seed breaks claims; it is being shrunk. Sent again for each smaller scenario. */
interface Shrinking {
  readonly kind: 'shrinking';
  readonly breaches: readonly Breach[];
  readonly scenario: Scenario;
}

export interface Found {
  readonly kind: 'found';
  readonly seed: number;
  /**
   * Breaches of the scenario as drawn. The first is the one it was shrunk for, with the sentence of the small
   * scenario.
   */
  readonly breaches: readonly Breach[];
  /** Null where the seed could not be drawn. */
  readonly scenario: Scenario | null;
  /** Scenarios that were run to shrink it. */
  readonly tried: number;
}

export type FuzzReport = Drawn | Passed | Shrinking | Found;
