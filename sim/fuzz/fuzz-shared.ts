/** What the thread that hands out seeds and the threads that run them say to each other. */
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Breach, Examined } from './claims.ts';

/** What a thread is made with. */
export interface FuzzWork {
  readonly protocols: readonly string[];
  /** Milliseconds that may go into making one finding smaller. */
  readonly shrinkMs: number;
}

/** The next thing to do: draw and run a seed. */
export interface FuzzTask {
  readonly seed: number;
  /** Claims that have been broken often enough: further scenarios that break them first stay as they were drawn. */
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
  /** Whether what is promised covers what struck. */
  readonly promised: boolean;
  readonly faults: number;
  readonly events: number;
}

/** The seed breaks claims; it is being made smaller. Comes again with each smaller scenario. */
export interface Shrinking {
  readonly kind: 'shrinking';
  readonly breaches: readonly Breach[];
  readonly scenario: Scenario;
}

export interface Found {
  readonly kind: 'found';
  readonly seed: number;
  /** Of the scenario as it was drawn; the first is what it was made smaller for, in the words of the small one. */
  readonly breaches: readonly Breach[];
  /** Null where the seed could not be drawn. */
  readonly scenario: Scenario | null;
  /** Scenarios that were run to make it smaller. */
  readonly tried: number;
}

export type FuzzReport = Drawn | Passed | Shrinking | Found;
