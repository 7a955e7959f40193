/**
 * The simulated world as the commands see it: the simulation runs in a worker thread, one protocol of the
 * scenario after the other, so that this thread stays free for the screen. It shows the run, holds it or ends
 * it early, and changes nothing else about it.
 */
import { Worker } from 'node:worker_threads';
import type { DataSplit } from '../../models/dataset.ts';
import { NO_FAULTS, type EventLine, type RunStatus, type RunView } from '../progress.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { canFail } from '../scenario/fault-text.ts';
import { BUNDLED_WORKER_OPTIONS, bundleWorker } from './bundle.ts';
import { EVENTS_SHOWN } from './glimpse.ts';
import { hasBegun, type ProtocolRun } from './protocol-run.ts';
import {
  CONTROL,
  COUNTERS,
  sharedState,
  type SharedState,
  type WorkerReport,
} from './simulated-shared.ts';
import { Stopwatch } from './stopwatch.ts';
import { secondsLeft } from './time-left.ts';

/** What came of a scenario: the runs that ended, and the program error that ended them all, if there was one. */
export interface WorldOutcome {
  readonly runs: readonly ProtocolRun[];
  readonly crash: Error | null;
  /** True when the user ended the run early, so that protocols may be missing or partial. */
  readonly wasInterrupted: boolean;
}

type Progress = Extract<WorkerReport, { kind: 'progress' }>;

const ENTRY = new URL('./simulated-worker.ts', import.meta.url).href;

/** Builds the worker's code ahead of time, while the scenario is still being read. Settles when that is over. */
export async function warmUp(): Promise<void> {
  // A failure comes again, and is told, when the world starts.
  await bundleWorker(ENTRY).catch(() => {});
}

export class SimulatedWorld {
  /** Settles when every protocol has ended or the run was ended early; never rejects. */
  readonly done: Promise<WorldOutcome>;
  private readonly scenario: ResolvedScenario;
  private readonly shared: SharedState;
  private readonly runs: ProtocolRun[] = [];
  private readonly stopwatch = new Stopwatch();
  private protocolStopwatch = this.stopwatch;
  private status: RunStatus = 'running';
  private current = 0;
  private roles: readonly string[] = [];
  private losses: number[] = [];
  private eventLog: EventLine[] = [];
  /** Events of the protocols before this one. */
  private eventsBefore = 0;
  private progress: Progress | null = null;
  private failure: string | undefined = undefined;

  constructor(
    scenario: ResolvedScenario,
    data: DataSplit | null,
    trace: TraceRequest | null = null,
  ) {
    this.scenario = scenario;
    this.shared = sharedState(scenario.cluster.nodes);
    this.done = this.work(data, trace);
  }

  view(): RunView {
    const { scenario, shared, progress } = this;
    const timeNs = shared.counters[COUNTERS.timeNs];
    const events = shared.counters[COUNTERS.events];
    const { seconds } = this.protocolStopwatch;
    const iteration = progress?.iterations ?? 0;
    const iterations = scenario.training.iterations;
    return {
      scenario: scenario.name,
      seed: scenario.seed,
      world: 'simulated',
      protocols: scenario.protocol.map(({ label }) => label),
      current: this.current,
      status: this.status,
      nodes: scenario.cluster.nodes,
      recent: shared.recent,
      roles: this.roles as string[],
      iteration,
      iterations,
      losses: this.losses,
      ...(scenario.training.numerics === 'exact' ? { accuracy: progress?.accuracy ?? null } : {}),
      runSeconds: timeNs / 1e9,
      wallSeconds: this.stopwatch.seconds,
      etaSeconds: secondsLeft({
        ...{ seconds, iteration, iterations, events },
        eventsAtIteration: progress?.eventsAtIteration ?? 0,
      }),
      events,
      eventsPerSecond: seconds > 0 ? events / seconds : 0,
      messages: shared.counters[COUNTERS.messages],
      shares: progress?.shares ?? [],
      peakMemoryBytes: progress?.peakMemoryBytes ?? 0,
      links: progress?.links ?? { count: 0, levels: [], busiest: [] },
      ...(canFail(scenario) ? this.faultView() : {}),
      failure: this.failure,
    };
  }

  private faultView(): Pick<RunView, 'health' | 'eventLog' | 'eventCount' | 'faults'> {
    const { shared, eventLog, progress } = this;
    const eventCount = this.eventsBefore + (progress?.eventCount ?? 0);
    return { health: shared.health, eventLog, eventCount, faults: progress?.faults ?? NO_FAULTS };
  }

  pause(): void {
    if (this.status !== 'running') return;
    this.status = 'paused';
    this.stopwatch.hold();
    this.protocolStopwatch.hold();
    Atomics.store(this.shared.control, 0, CONTROL.pause);
  }

  resume(): void {
    if (this.status !== 'paused') return;
    this.status = 'running';
    this.goOn();
    this.tell(CONTROL.run);
  }

  /** Ends the run after the current event; what was done so far comes back marked as interrupted. */
  quit(): void {
    if (this.status !== 'running' && this.status !== 'paused') return;
    this.status = 'interrupted';
    this.goOn();
    this.tell(CONTROL.quit);
  }

  private goOn(): void {
    this.stopwatch.goOn();
    this.protocolStopwatch.goOn();
  }

  private tell(control: number): void {
    Atomics.store(this.shared.control, 0, control);
    Atomics.notify(this.shared.control, 0);
  }

  private async work(data: DataSplit | null, trace: TraceRequest | null): Promise<WorldOutcome> {
    let crash: Error | null = null;
    try {
      const bundle = await bundleWorker(ENTRY);
      const workerData = { scenario: this.scenario, data, trace, shared: this.shared };
      const worker = new Worker(bundle, { ...BUNDLED_WORKER_OPTIONS, workerData });
      await new Promise<void>((resolve) => {
        worker.on('message', (report: WorkerReport) => this.hear(report));
        worker.on('error', (error) => (crash = error));
        // All that it has said is heard by then, what it said before it failed too.
        worker.on('exit', () => resolve());
      });
    } catch (error) {
      crash = error instanceof Error ? error : new Error(String(error));
    }
    if (crash) this.failure = crash.message;
    const failed = crash !== null || this.runs.some(({ result }) => result.outcome === 'failed');
    if (this.status !== 'interrupted') this.status = failed ? 'failed' : 'done';
    return { runs: this.runs, crash, wasInterrupted: this.status === 'interrupted' };
  }

  private hear(report: WorkerReport): void {
    if (report.kind === 'began') {
      this.current = report.index;
      this.roles = report.roles;
      this.losses = [];
      this.eventsBefore += this.progress?.eventCount ?? 0;
      this.progress = null;
      this.protocolStopwatch = new Stopwatch();
      if (this.status === 'paused') this.protocolStopwatch.hold();
    } else if (report.kind === 'progress') {
      this.progress = report;
      this.losses.length = report.lossesFrom;
      for (const loss of report.losses) this.losses.push(loss);
      this.eventLog = [...this.eventLog, ...report.events].slice(-EVENTS_SHOWN);
    } else {
      if (hasBegun(report.run)) this.runs.push(report.run);
      this.failure = report.run.result.failure?.message ?? this.failure;
    }
  }
}
