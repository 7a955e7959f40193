/** Watches a run and explains its time: all observers behind `--explain`. None of them changes anything. */
import type { Observer } from '../../engine/observer.ts';
import type { RunResult } from '../../engine/result.ts';
import type { WaitRecord } from './waiting/causes.ts';
import { type WaitingRun, WaitLog } from './waiting/wait-log.ts';

/** Where the time of a run went, and why. Plain data: it crosses threads. */
export interface Explanation {
  readonly waits: WaitRecord;
}

export class Explainer {
  readonly observers: readonly Observer[];
  private readonly waits: WaitLog;

  constructor(run: WaitingRun) {
    this.waits = new WaitLog(run);
    this.observers = [this.waits];
  }

  /** The run is over. */
  explain(result: RunResult): Explanation {
    return { waits: this.waits.end(result) };
  }
}
