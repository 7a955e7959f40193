/**
 * The progress of a scenario in any world: takes reports of each protocol, and makes the view. It knows neither
 * threads nor accounts.
 */
import { canFail } from '../scenario/fault-text.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { NO_FAULTS, type EventLine, type RunStatus, type RunView } from '../progress.ts';
import { EVENTS_SHOWN } from './glimpse.ts';
import { hasBegun, type ProtocolRun } from './protocol-run.ts';
import type { Glimpse } from './protocol-watch.ts';
import { Stopwatch } from './stopwatch.ts';
import { secondsLeft } from './time-left.ts';
import type { WorldOutcome } from './world.ts';

/** Reports on the protocols of a scenario, one after the other. */
export type RunReport =
  | { readonly kind: 'began'; readonly index: number; readonly roles: readonly string[] }
  | ({ readonly kind: 'progress' } & Glimpse)
  | { readonly kind: 'ended'; readonly run: ProtocolRun };

/** Figures of the running protocol that are known at any moment. */
interface LiveFigures {
  readonly timeNs: number;
  readonly events: number;
  readonly messages: number;
  /** Working time for its rates; the time since it began if left out. */
  readonly seconds?: number;
}

/** The parts of the view that only its world knows; `recent` and `health` may be updated all the time. */
type OwnView = Pick<RunView, 'world' | 'recent' | 'health' | 'pausable'>;

export class RunProgress {
  status: RunStatus = 'running';
  private readonly scenario: ResolvedScenario;
  private readonly own: OwnView;
  private readonly runs: ProtocolRun[] = [];
  private readonly stopwatch = new Stopwatch();
  private protocolStopwatch = this.stopwatch;
  private current = 0;
  private roles: readonly string[] = [];
  private losses: number[] = [];
  private eventLog: EventLine[] = [];
  /** Events of the protocols before this one. */
  private eventsBefore = 0;
  private glimpse: Glimpse | null = null;
  private failure: string | undefined = undefined;

  constructor(scenario: ResolvedScenario, own: OwnView) {
    this.scenario = scenario;
    this.own = own;
  }

  hear(report: RunReport): void {
    if (report.kind === 'began') {
      this.current = report.index;
      this.roles = report.roles;
      this.losses = [];
      this.eventsBefore += this.glimpse?.eventCount ?? 0;
      this.glimpse = null;
      this.protocolStopwatch = new Stopwatch();
      if (this.status === 'paused') this.protocolStopwatch.hold();
    } else if (report.kind === 'progress') {
      this.glimpse = report;
      this.losses.length = report.lossesFrom;
      for (const loss of report.losses) this.losses.push(loss);
      this.eventLog = [...this.eventLog, ...report.events].slice(-EVENTS_SHOWN);
    } else {
      if (hasBegun(report.run)) this.runs.push(report.run);
      this.failure = report.run.result.failure?.message ?? this.failure;
    }
  }

  /** Pauses the run; false if it is over or paused already. */
  pause(): boolean {
    if (this.status !== 'running') return false;
    this.status = 'paused';
    this.stopwatch.hold();
    this.protocolStopwatch.hold();
    return true;
  }

  /** Resumes the run, or lets it go on to be interrupted; false if that is not possible. */
  goOn(status: 'running' | 'interrupted'): boolean {
    if (this.status !== 'paused' && !(this.status === 'running' && status === 'interrupted'))
      return false;
    this.status = status;
    this.stopwatch.goOn();
    this.protocolStopwatch.goOn();
    return true;
  }

  /** The run is over. */
  end(crash: Error | null): WorldOutcome {
    const { runs } = this;
    if (crash) this.failure = crash.message;
    const failed = crash !== null || runs.some(({ result }) => result.outcome === 'failed');
    if (this.status !== 'interrupted') this.status = failed ? 'failed' : 'done';
    this.stopwatch.hold();
    this.protocolStopwatch.hold();
    return { runs, compared: [], crash, wasInterrupted: this.status === 'interrupted' };
  }

  view(live: LiveFigures): RunView {
    const { scenario, glimpse } = this;
    const { health, ...own } = this.own;
    const { timeNs, events, messages, seconds = this.protocolStopwatch.seconds } = live;
    const iteration = glimpse?.iterations ?? 0;
    const { iterations, numerics } = scenario.training;
    const eventsAtIteration = glimpse?.eventsAtIteration ?? 0;
    return {
      ...own,
      scenario: scenario.name,
      seed: scenario.seed,
      protocols: scenario.protocol.map(({ label }) => label),
      current: this.current,
      status: this.status,
      nodes: scenario.cluster.nodes,
      roles: this.roles as string[],
      iteration,
      iterations,
      losses: this.losses,
      ...(numerics === 'exact' ? { accuracy: glimpse?.accuracy ?? null } : {}),
      runSeconds: timeNs / 1e9,
      wallSeconds: this.stopwatch.seconds,
      etaSeconds: secondsLeft({ seconds, iteration, iterations, events, eventsAtIteration }),
      events,
      eventsPerSecond: seconds > 0 ? events / seconds : 0,
      messages,
      shares: glimpse?.shares ?? [],
      peakMemoryBytes: glimpse?.peakMemoryBytes ?? 0,
      links: glimpse?.links,
      ...(canFail(scenario) ? { health, ...this.troubles() } : {}),
      failure: this.failure,
    };
  }

  private troubles(): Pick<RunView, 'eventLog' | 'eventCount' | 'faults'> {
    const { eventLog, eventsBefore, glimpse } = this;
    const eventCount = eventsBefore + (glimpse?.eventCount ?? 0);
    return { eventLog, eventCount, faults: glimpse?.faults ?? NO_FAULTS };
  }
}
