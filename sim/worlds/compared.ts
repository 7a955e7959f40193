/** A world and then, if it went well, a second one to compare it with, shown as one. */
import type { RunStatus, RunView } from '../progress.ts';
import type { ScenarioWorld, WorldOutcome } from './world.ts';

interface Comparing {
  /** What the second world does, for people. */
  readonly message: string;
  /** Whether the outcome of the first, which neither crashed nor was interrupted, is worth comparing. */
  isWorth(outcome: WorldOutcome): boolean;
}

export class ComparedWorld implements ScenarioWorld {
  private readonly first: ScenarioWorld;
  private readonly makeSecond: () => ScenarioWorld;
  private readonly comparing: Comparing;
  private second: ScenarioWorld | null = null;
  /** How the second ended; null before it has. */
  private status: RunStatus | null = null;

  constructor(first: ScenarioWorld, makeSecond: () => ScenarioWorld, comparing: Comparing) {
    this.first = first;
    this.makeSecond = makeSecond;
    this.comparing = comparing;
  }

  async start(): Promise<WorldOutcome> {
    const outcome = await this.first.start();
    if (outcome.crash || outcome.wasInterrupted || !this.comparing.isWorth(outcome)) return outcome;
    this.second = this.makeSecond();
    const { runs: compared, crash, wasInterrupted } = await this.second.start();
    this.status = this.second.view().status;
    return { runs: outcome.runs, compared, crash, wasInterrupted };
  }

  /** The view of the running world; at the end that of the first, with the final status. */
  view(): RunView {
    const first = this.first.view();
    if (this.status) return { ...first, status: this.status };
    if (!this.second) return first;
    const { eventLog, eventCount } = first;
    return { eventLog, eventCount, ...this.second.view(), phaseMessage: this.comparing.message };
  }

  pause(): void {
    (this.second ?? this.first).pause();
  }

  resume(): void {
    (this.second ?? this.first).resume();
  }

  quit(): void {
    (this.second ?? this.first).quit();
  }
}
