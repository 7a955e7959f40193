/** What every world is to the commands: a scenario that runs, whatever it runs on, and can be looked at and ended. */
import type { RunView } from '../progress.ts';
import type { ProtocolRun } from './protocol-run.ts';

/** What came of a scenario: the runs that ended, and the program error that ended them all, if there was one. */
export interface WorldOutcome {
  readonly runs: readonly ProtocolRun[];
  /** The runs of a second world, which are there for comparison only. */
  readonly compared: readonly ProtocolRun[];
  readonly crash: Error | null;
  /** True when the user ended the run early, so that protocols may be missing or partial. */
  readonly wasInterrupted: boolean;
}

export interface ScenarioWorld {
  /** Settles when every protocol has ended or the run was ended early; never rejects. To be called once. */
  start(): Promise<WorldOutcome>;
  /** How the run stands now. Without effect on it. */
  view(): RunView;
  /** Holds the run, where it can be held: real time goes on. */
  pause(): void;
  resume(): void;
  /** Ends the run now; what was done so far comes back marked as interrupted. */
  quit(): void;
}
