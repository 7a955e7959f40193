/**
 * The threads world as the commands see it: the protocols of a scenario one after the other, each with a thread a
 * node, shown while it runs. It has no say in how threads run, see `thread-run.ts`.
 */
import { NODE_STATES } from '../../engine/result.ts';
import type { DataSplit } from '../../models/dataset.ts';
import { FaultLog } from '../../models/fault-log.ts';
import { TrainingLog } from '../../models/training-log.ts';
import { arrange, assignmentOf, hostsOf, modelOf, stopAtNs, topologyOf } from '../assemble.ts';
import type { EventLine, RunStatus, RunView } from '../progress.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { endingFaults } from '../scenario/survival.ts';
import { bundleWorker } from './bundle.ts';
import { EVENTS_SHOWN, roleShares } from './glimpse.ts';
import { hasBegun, type ProtocolRun } from './protocol-run.ts';
import { RecentShares } from './recent-shares.ts';
import type { WorldOutcome } from './simulated.ts';
import { ThreadRun } from './thread-run.ts';
import { secondsLeft } from './time-left.ts';
import type { ThreadWork } from './thread-worker.ts';

const ENTRY = new URL('./thread-worker.ts', import.meta.url).href;

/** Builds the threads' code ahead of time, while the scenario is still being read. Settles when that is over. */
export async function warmUp(): Promise<void> {
  // A failure comes again, and is told, when the world starts.
  await bundleWorker(ENTRY).catch(() => {});
}

/** Between two heartbeats at least, where the scenario does not say: as slow as a busy machine needs. */
const HEARTBEAT_NS = 50e6;

/** The scenario as threads run one of its protocols: nodes beat more slowly than simulated ones. */
function slowedDown(scenario: ResolvedScenario, index: number): ResolvedScenario {
  const { detector } = assignmentOf(scenario, index, null);
  if (detector === null || scenario.detector?.heartbeat !== undefined) return scenario;
  const heartbeat = Math.max(detector.heartbeatNs, HEARTBEAT_NS) / 1e9;
  return { ...scenario, detector: { heartbeat, misses: detector.misses } };
}

/** One protocol on threads, with what the screen needs of it. */
interface Current {
  readonly index: number;
  readonly roles: readonly string[];
  readonly log: TrainingLog;
  /** Null where nothing can fail. */
  readonly faultLog: FaultLog | null;
  readonly run: ThreadRun;
  readonly startedMs: number;
}

export class ThreadsWorld {
  /** Settles when every protocol has ended or the run was ended early; never rejects. No thread is left then. */
  readonly done: Promise<WorldOutcome>;
  private readonly scenario: ResolvedScenario;
  private readonly data: DataSplit | null;
  private readonly recent: RecentShares;
  /** The iteration that the screen has seen last, and events by then. */
  private seen = { iteration: 0, events: 0 };
  private readonly health: Uint8Array;
  /** The events of the protocols that are over, and how many there were. */
  private pastEvents: readonly EventLine[] = [];
  private pastEventCount = 0;
  private readonly startedMs = performance.now();
  private endedMs: number | null = null;
  private readonly runs: ProtocolRun[] = [];
  private status: RunStatus = 'running';
  private current: Current | null = null;
  private failure: string | undefined = undefined;

  constructor(scenario: ResolvedScenario, data: DataSplit | null) {
    this.scenario = scenario;
    this.health = new Uint8Array(scenario.cluster.nodes);
    this.data = data;
    this.recent = new RecentShares(new Uint8Array(NODE_STATES.length * scenario.cluster.nodes));
    this.done = this.work();
  }

  view(): RunView {
    const { scenario, current } = this;
    const { nodes } = scenario.cluster;
    const board = current?.run.board;
    const timeNs = current?.run.timeNs ?? 0;
    const events = board?.sum('handlers') ?? 0;
    const accounts = current?.run.accounts() ?? [];
    this.recent.update(accounts);
    const iteration = current?.log.iterationCount ?? 0;
    const { iterations } = scenario.training;
    const seconds = timeNs / 1e9;
    return {
      scenario: scenario.name,
      seed: scenario.seed,
      world: 'threads',
      protocols: scenario.protocol.map(({ label }) => label),
      current: current?.index ?? 0,
      status: this.status,
      pausable: false,
      nodes,
      recent: this.recent.shares,
      roles: [...(current?.roles ?? [])],
      phaseMessage: current?.run.started === false ? `starting ${nodes} threads` : undefined,
      iteration,
      iterations,
      losses: [...(current?.log.losses ?? [])],
      accuracy: current?.log.accuracy ?? null,
      runSeconds: seconds,
      wallSeconds: ((this.endedMs ?? performance.now()) - this.startedMs) / 1000,
      etaSeconds: secondsLeft({
        ...{ seconds, iteration, iterations, events },
        eventsAtIteration: this.eventsAtIteration(iteration, events),
      }),
      events,
      eventsPerSecond: seconds > 0 ? events / seconds : 0,
      messages: board?.sum('messagesSent') ?? 0,
      shares: roleShares(accounts, current?.roles ?? [], timeNs),
      peakMemoryBytes: Math.max(0, ...accounts.map((account) => account.peakMemoryBytes)),
      ...(current?.faultLog ? this.troubles(current, current.faultLog) : {}),
      failure: this.failure,
    };
  }

  private eventsAtIteration(iteration: number, events: number): number {
    if (iteration !== this.seen.iteration) this.seen = { iteration, events };
    return this.seen.events;
  }

  /** The next protocol begins: what befell the one before stays on the screen. */
  private keepEvents(): void {
    const { current } = this;
    if (!current?.faultLog) return;
    const { eventLog = [], eventCount = 0 } = this.troubles(current, current.faultLog);
    this.pastEvents = eventLog;
    this.pastEventCount = eventCount;
  }

  private troubles({ index }: Current, faultLog: FaultLog): Partial<RunView> {
    const { eventCount } = faultLog;
    const recent = faultLog
      .eventsSince(Math.max(0, eventCount - EVENTS_SHOWN))
      .map(({ timeNs, text }): EventLine => ({ protocol: index, timeNs, text }));
    return {
      health: this.health,
      eventLog: [...this.pastEvents, ...recent].slice(-EVENTS_SHOWN),
      eventCount: this.pastEventCount + eventCount,
      faults: faultLog.counts,
    };
  }

  /** Real time cannot be held: nothing happens. */
  pause(): void {}

  /** Nothing is ever held: nothing happens. */
  resume(): void {}

  /** Ends the run now; what was done so far comes back marked as interrupted. */
  quit(): void {
    if (this.status !== 'running') return;
    this.status = 'interrupted';
    this.current?.run.stop('interrupted');
  }

  private async work(): Promise<WorldOutcome> {
    let crash: Error | null = null;
    try {
      const bundle = await bundleWorker(ENTRY);
      for (let index = 0; index < this.scenario.protocol.length; index++) {
        if (this.status !== 'running') break;
        const run = await this.runProtocol(index, bundle);
        if (hasBegun(run)) this.runs.push(run);
      }
    } catch (error) {
      crash = error instanceof Error ? error : new Error(String(error));
      this.failure = crash.message;
    }
    this.endedMs = performance.now();
    const failed = crash !== null || this.runs.some(({ result }) => result.outcome === 'failed');
    if (this.status === 'running') this.status = failed ? 'failed' : 'done';
    return { runs: this.runs, crash, wasInterrupted: this.status === 'interrupted' };
  }

  private async runProtocol(index: number, bundle: string): Promise<ProtocolRun> {
    this.keepEvents();
    const current = this.prepare(index, bundle);
    this.current = current;
    const result = await current.run.run();
    this.failure = result.failure?.message ?? this.failure;
    return {
      index,
      roles: current.roles,
      result,
      training: current.log.record(),
      faults: current.faultLog?.record(),
      wallSeconds: (performance.now() - current.startedMs) / 1000,
      trace: null,
    };
  }

  private prepare(index: number, bundle: string): Current {
    const { data } = this;
    const scenario = slowedDown(this.scenario, index);
    const { plan, rules, assignment } = arrange(scenario, index, data);
    const { detector } = assignment;
    this.health.fill(0);
    this.recent.clear();
    const faultLog = detector
      ? new FaultLog({
          topology: topologyOf(scenario),
          silenceNs: detector.misses * detector.heartbeatNs,
          health: this.health,
        })
      : null;
    const log: TrainingLog = new TrainingLog({
      model: modelOf(scenario.model),
      training: scenario.training,
      data,
      stop: scenario.stop,
      onStop: () => run.stop('stopped'),
      onDiverged: ({ iteration, text }) =>
        run.stop('failed', { kind: 'diverged', message: text, iteration }),
    });
    const ending = endingFaults(scenario.protocol[index], (failure) => run.stop('failed', failure));
    const work: ThreadWork = { scenario, index, data };
    const run: ThreadRun = new ThreadRun({
      bundle,
      seed: scenario.seed,
      hosts: hostsOf(scenario),
      work,
      observers: faultLog ? [log, faultLog, ending] : [log],
      missing: () => log.missing(),
      faults: detector ? { rules, detector } : undefined,
      stopAtNs: stopAtNs(scenario),
      stores: scenario.checkpoint !== undefined,
      lineages: scenario.training.iterations + 1,
    });
    return { index, roles: plan.roles, log, faultLog, run, startedMs: performance.now() };
  }
}
