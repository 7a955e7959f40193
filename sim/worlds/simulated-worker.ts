/**
 * The simulating thread: runs the protocols of a scenario one after the other in short slices. Between slices it
 * publishes its progress and obeys the control word. Slicing changes nothing in the run.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Simulation } from '../../engine/simulation.ts';
import type { Explainer } from '../../models/observers/explainer.ts';
import { ScheduleLog } from '../../models/pipeline/table/schedule-log.ts';
import { TraceWriter } from '../../reports/trace-writer.ts';
import { TraceSpool, type SpooledTrace } from '../output/trace-spool.ts';
import { assignmentOf, simulate } from '../assemble.ts';
import type { ProtocolRun } from './protocol-run.ts';
import { ProtocolWatch } from './protocol-watch.ts';
import type { RunReport } from './run-progress.ts';
import { CONTROL, COUNTERS, type SimulatedWork } from './simulated-shared.ts';
import { Stopwatch } from './stopwatch.ts';

/** Milliseconds between two looks at the control word, and between two reports. */
const SLICE_MS = 50;
const REPORT_MS = 200;
/** Reports of large worlds are expensive: between two of them passes at least this many times the cost of one. */
const REPORT_RARITY = 20;
const FIRST_SLICE_EVENTS = 64;

const work = workerData as SimulatedWork;
const { trace = null, writesSchedule = false, explains = false } = work.wishes;
const { control, counters } = work.shared;

function post(report: RunReport, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(report, transfer);
}

/** Waits while the run is paused, with the stopwatch stopped; false when the run is to end. */
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
  private readonly roles: readonly string[];
  private readonly spool: TraceSpool | null;
  private readonly trace: TraceWriter | null;
  private readonly watch: ProtocolWatch;
  private readonly explainer: Explainer | null;
  private readonly schedule = writesSchedule ? new ScheduleLog() : null;

  /** The trace, if one is asked for, follows that of the run before. */
  constructor(index: number, traceFrom: number) {
    this.index = index;
    const spool = trace && new TraceSpool(trace.file, traceFrom);
    this.spool = spool;
    const { limit = 0, runsBefore = 0 } = trace ?? {};
    this.trace =
      spool && new TraceWriter(runsBefore + index + 1, limit, (text) => spool.write(text));
    const { scenario, data, shared } = work;
    const { detector } = assignmentOf(scenario, index, data);
    this.watch = new ProtocolWatch(scenario, index, detector, shared);
    const { observers } = this.watch;
    const further = [this.trace, this.schedule].filter((observer) => observer !== null);
    const extras = { observers: [...further, ...observers], explains };
    const { simulation, log, plan, explainer } = simulate(scenario, index, data, extras);
    this.explainer = explainer;
    this.simulation = simulation;
    this.roles = plan.roles;
    this.watch.begin({ run: simulation, log, roles: plan.roles });
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
    const result = this.simulation.result();
    const record = this.watch.record(result, stopwatch.seconds);
    return {
      ...record,
      trace: this.endTrace(),
      schedule: this.schedule?.lines(),
      explanation: this.explainer?.explain(result),
    };
  }

  private endTrace(): SpooledTrace | null {
    this.trace?.end(this.simulation.result());
    return this.spool && this.spool.end(this.trace!.leftOut);
  }

  private publish(): void {
    counters[COUNTERS.timeNs] = this.simulation.timeNs;
    counters[COUNTERS.events] = this.simulation.events;
    counters[COUNTERS.messages] = this.simulation.messages;
  }

  private report(): void {
    post({ kind: 'progress', ...this.watch.glimpse() });
  }
}

/** The large arrays of a run, to be transferred without a copy. */
function columnsIn({ result, training }: ProtocolRun): ArrayBuffer[] {
  const { nodes, links, linkTimeline } = result;
  const { memoryItems, ...figures } = nodes;
  const columns = [figures, memoryItems, links, [linkTimeline, training.finalWeights]];
  return columns
    .flatMap((group) => Object.values(group))
    .flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
}

let traceTo = 0;
for (let index = 0; index < work.scenario.protocol.length; index++) {
  if (index > 0 && !mayGoOn(new Stopwatch())) break;
  const run: ProtocolRun = new ProtocolRunner(index, traceTo).run();
  traceTo = run.trace?.to ?? 0;
  post({ kind: 'ended', run }, columnsIn(run));
}
