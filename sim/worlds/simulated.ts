/**
 * The simulated world, for the commands. The simulation runs in a worker thread, one protocol of the scenario after
 * the other, so that this thread stays free for the screen. It shows the run, pauses it or ends it early, and changes
 * nothing else.
 */
import { Worker } from 'node:worker_threads';
import type { DataSplit } from '../../models/spec/data.ts';
import type { RunView } from '../progress.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { BUNDLED_WORKER_OPTIONS, bundleWorker } from './bundle.ts';
import { type RunReport, RunProgress } from './run-progress.ts';
import {
  CONTROL,
  COUNTERS,
  sharedState,
  type SharedState,
  type SimulatedWork,
  type Wishes,
} from './simulated-shared.ts';
import type { ScenarioWorld, WorldOutcome } from './world.ts';

const ENTRY = new URL('./simulated-worker.ts', import.meta.url).href;

/** Builds the worker's code while the scenario is still being read. */
export async function warmUp(): Promise<void> {
  // A failure comes again, and is reported, when the world starts.
  await bundleWorker(ENTRY).catch(() => {});
}

export class SimulatedWorld implements ScenarioWorld {
  private readonly work: SimulatedWork;
  private readonly shared: SharedState;
  private readonly progress: RunProgress;

  constructor(scenario: ResolvedScenario, data: DataSplit | null, wishes: Wishes = {}) {
    this.shared = sharedState(scenario.cluster.nodes);
    this.work = { scenario, data, wishes, shared: this.shared };
    const { recent, health } = this.shared;
    this.progress = new RunProgress(scenario, { world: 'simulated', recent, health });
  }

  async start(): Promise<WorldOutcome> {
    let crash: Error | null = null;
    try {
      const bundle = await bundleWorker(ENTRY);
      const worker = new Worker(bundle, { ...BUNDLED_WORKER_OPTIONS, workerData: this.work });
      await new Promise<void>((resolve) => {
        worker.on('message', (report: RunReport) => this.progress.hear(report));
        worker.on('error', (error) => (crash = error));
        // All its messages have been handled by then, also those sent before it failed.
        worker.on('exit', () => resolve());
      });
    } catch (error) {
      crash = error instanceof Error ? error : new Error(String(error));
    }
    return this.progress.end(crash);
  }

  view(): RunView {
    const { counters } = this.shared;
    return this.progress.view({
      timeNs: counters[COUNTERS.timeNs],
      events: counters[COUNTERS.events],
      messages: counters[COUNTERS.messages],
    });
  }

  pause(): void {
    if (this.progress.pause()) this.tell(CONTROL.pause);
  }

  resume(): void {
    if (this.progress.goOn('running')) this.tell(CONTROL.run);
  }

  /** The run ends after the current event. */
  quit(): void {
    if (this.progress.goOn('interrupted')) this.tell(CONTROL.quit);
  }

  private tell(control: number): void {
    Atomics.store(this.shared.control, 0, control);
    Atomics.notify(this.shared.control, 0);
  }
}
