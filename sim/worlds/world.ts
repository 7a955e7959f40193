/** What every world offers to the commands: a scenario that runs, and can be watched and ended. */
import type { RunView } from '../progress.ts';
import type { ProtocolRun } from './protocol-run.ts';

/** The outcome of a scenario: the runs that ended, and the program error that ended them all, if there was one. */
export interface WorldOutcome {
  readonly runs: readonly ProtocolRun[];
  /** The runs of a second world, for comparison only. */
  readonly compared: readonly ProtocolRun[];
  readonly crash: Error | null;
  /** True when the user ended the run early, so that protocols may be missing or partial. */
  readonly wasInterrupted: boolean;
}

export interface ScenarioWorld {
  /** Resolves when every protocol has ended or the run was ended early; never rejects. Call it once. */
  start(): Promise<WorldOutcome>;
  /** The present view. Without effect on the run. */
  view(): RunView;
  /** Pauses the run, unless it runs in real time. */
  pause(): void;
  resume(): void;
  /** Ends the run now; the results so far are marked as interrupted. */
  quit(): void;
}
