/** Watches a run and explains its time: all observers behind `--explain`. None of them changes anything. */
import type { Observer } from '../../engine/observer.ts';
import type { RunResult } from '../../engine/result.ts';
import type { PathRecord } from './path/critical-path.ts';
import { PathLog } from './path/path-log.ts';
import type { WaitRecord } from './waiting/causes.ts';
import { type WaitingRun, WaitLog } from './waiting/wait-log.ts';

/** Where the time of a run went, and why. Plain data: it crosses threads. */
export interface Explanation {
  readonly waits: WaitRecord;
  readonly path: PathRecord;
}

export class Explainer {
  readonly observers: readonly Observer[];
  private readonly waits: WaitLog;
  private readonly path: PathLog;

  /** `iterations` as many as the run is to have. */
  constructor(run: WaitingRun, iterations: number) {
    this.path = new PathLog(run.topology, iterations);
    this.waits = new WaitLog(run, this.path);
    this.observers = [this.waits, this.path];
  }

  /** The run is over. */
  explain(result: RunResult): Explanation {
    return { waits: this.waits.end(result), path: this.path.record() };
  }
}
