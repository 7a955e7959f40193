/**
 * The thread that simulates: runs the protocols of a scenario one after the other in short slices, and between
 * slices publishes where it stands and obeys the control word. How it is sliced changes nothing in the run.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Observer } from '../../engine/observer.ts';
import type { Simulation } from '../../engine/simulation.ts';
import { FaultLog } from '../../models/fault-log.ts';
import { type IterationNote, NOTES } from '../../models/notes.ts';
import type { TrainingLog } from '../../models/training-log.ts';
import { TraceWriter } from '../../reports/trace-writer.ts';
import { TraceSpool, type SpooledTrace } from '../output/trace-spool.ts';
import type { EventLine } from '../progress.ts';
import { assignmentOf, simulate, topologyOf } from '../assemble.ts';
import { EVENTS_SHOWN, linksGlimpse, roleShares } from './glimpse.ts';
import type { ProtocolRun } from './protocol-run.ts';
import { RecentShares } from './recent-shares.ts';
import { CONTROL, COUNTERS, type SimulatedWork, type WorkerReport } from './simulated-shared.ts';
import { Stopwatch } from './stopwatch.ts';

/** Milliseconds between two looks at the control word, and between two reports. */
const SLICE_MS = 50;
const REPORT_MS = 200;
/** Reports of large worlds are dear: between two of them passes at least this many times what one takes. */
const REPORT_RARITY = 20;
const FIRST_SLICE_EVENTS = 64;

const work = workerData as SimulatedWork;
const { control, recent, health, counters } = work.shared;
const recentShares = new RecentShares(recent);

function post(report: WorkerReport, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(report, transfer);
}

/** Waits while the run is held, with the stopwatch held too; false when the run is to end. */
function mayGoOn(stopwatch: Stopwatch): boolean {
  while (Atomics.load(control, 0) === CONTROL.pause) {
    stopwatch.hold();
    Atomics.wait(control, 0, CONTROL.pause);
  }
  stopwatch.goOn();
  return Atomics.load(control, 0) !== CONTROL.quit;
}

class ProtocolRunner {
  private readonly index: number;
  private readonly simulation: Simulation;
  private readonly log: TrainingLog;
  private readonly roles: readonly string[];
  private readonly spool: TraceSpool | null;
  private readonly trace: TraceWriter | null;
  private readonly faultLog: FaultLog | null;
  /** Bytes on the network by the end of each iteration. */
  private readonly bytesAtEnd = new Map<number, number>();
  private bytesEpoch = 0;
  private lossesTold = 0;
  private rollbacksTold = 0;
  private eventsTold = 0;
  private eventsAtIteration = 0;

  /** The trace, where one is asked for, goes behind that of the run before. */
  constructor(index: number, traceFrom: number) {
    this.index = index;
    const spool = work.trace && new TraceSpool(work.trace.file, traceFrom);
    this.spool = spool;
    this.trace =
      spool && new TraceWriter(index + 1, work.trace!.limit, (text) => spool.write(text));
    const countBytes: Observer = {
      noted: (_node, _timeNs, name, value) => {
        if (name === NOTES.iteration) this.countBytes(value as IterationNote);
      },
    };
    health.fill(0);
    recentShares.clear();
    const { detector } = assignmentOf(work.scenario, index, work.data);
    this.faultLog = detector
      ? new FaultLog({
          topology: topologyOf(work.scenario),
          silenceNs: detector.misses * detector.heartbeatNs,
          health,
        })
      : null;
    const observers = [countBytes, this.trace, this.faultLog].filter(
      (observer) => observer !== null,
    );
    const extras = { observers };
    const { simulation, log, plan } = simulate(work.scenario, index, work.data, extras);
    this.simulation = simulation;
    this.log = log;
    this.roles = plan.roles;
  }

  run(): ProtocolRun {
    const stopwatch = new Stopwatch();
    post({ kind: 'began', index: this.index, roles: this.roles });
    let sliceEvents = FIRST_SLICE_EVENTS;
    let nextReportMs = performance.now() + REPORT_MS;
    let goesOn = true;
    while (goesOn) {
      if (!mayGoOn(stopwatch)) this.simulation.stop('interrupted');
      const sliceMs = performance.now();
      goesOn = this.simulation.run(sliceEvents);
      const nowMs = performance.now();
      const factor = SLICE_MS / Math.max(nowMs - sliceMs, SLICE_MS / 4);
      sliceEvents = Math.max(1, Math.ceil(sliceEvents * Math.min(4, factor)));
      this.publish();
      if (nowMs < nextReportMs) continue;
      this.report();
      const tookMs = performance.now() - nowMs;
      nextReportMs = nowMs + Math.max(REPORT_MS, REPORT_RARITY * tookMs);
    }
    this.report();
    const wallSeconds = stopwatch.seconds;
    const training = this.log.record();
    const iterations = training.iterations.map((row) => ({
      ...row,
      bytes: this.bytesAtEnd.get(row.iteration),
    }));
    return {
      index: this.index,
      roles: this.roles,
      result: this.simulation.result(),
      training: { ...training, iterations },
      faults: this.faultLog?.record(),
      wallSeconds,
      trace: this.endTrace(),
    };
  }

  private endTrace(): SpooledTrace | null {
    this.trace?.end(this.simulation.result());
    return this.spool && this.spool.end(this.trace!.leftOut);
  }

  private countBytes({ iteration, epoch = 0 }: IterationNote): void {
    // Of what is told late the log of training wants nothing to know, either.
    if (epoch < this.bytesEpoch) return;
    this.bytesEpoch = epoch;
    this.bytesAtEnd.set(iteration, this.simulation.bytes);
    this.eventsAtIteration = this.simulation.events;
  }

  private publish(): void {
    counters[COUNTERS.timeNs] = this.simulation.timeNs;
    counters[COUNTERS.events] = this.simulation.events;
    counters[COUNTERS.messages] = this.simulation.messages;
  }

  private report(): void {
    const { timeNs } = this.simulation;
    const nodes = this.simulation.accounts();
    recentShares.update(nodes);
    const lossesFrom = this.log.rollbacks === this.rollbacksTold ? this.lossesTold : 0;
    const losses = this.log.losses.slice(lossesFrom);
    this.lossesTold = lossesFrom + losses.length;
    this.rollbacksTold = this.log.rollbacks;
    let peakMemoryBytes = 0;
    for (const node of nodes) peakMemoryBytes = Math.max(peakMemoryBytes, node.peakMemoryBytes);
    post({
      kind: 'progress',
      iterations: this.log.iterationCount,
      losses,
      lossesFrom,
      ...this.newEvents(),
      accuracy: this.log.accuracy,
      shares: roleShares(nodes, this.roles, timeNs),
      peakMemoryBytes,
      links: linksGlimpse(this.simulation.links(), timeNs),
      eventsAtIteration: this.eventsAtIteration,
      faults: this.faultLog?.counts,
    });
  }

  private newEvents(): { events: EventLine[]; eventCount: number } {
    const eventCount = this.faultLog?.eventCount ?? 0;
    const first = Math.max(this.eventsTold, eventCount - EVENTS_SHOWN);
    this.eventsTold = eventCount;
    const events = this.faultLog?.eventsSince(first) ?? [];
    const protocol = this.index;
    return { events: events.map(({ timeNs, text }) => ({ protocol, timeNs, text })), eventCount };
  }
}

let traceTo = 0;
for (let index = 0; index < work.scenario.protocol.length; index++) {
  if (index > 0 && !mayGoOn(new Stopwatch())) break;
  const run: ProtocolRun = new ProtocolRunner(index, traceTo).run();
  traceTo = run.trace?.to ?? 0;
  const weights = run.training.finalWeights;
  post({ kind: 'ended', run }, weights ? [weights.buffer as ArrayBuffer] : []);
}
