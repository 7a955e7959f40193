/**
 * A real world, for the commands: runs the protocols of a scenario one after the other, each with a runner a node. How a
 * run goes is in `real-run.ts`.
 */
import { formatCounted } from '../../../engine/format.ts';
import { NODE_STATES } from '../../../engine/node-states.ts';
import type { DataSplit } from '../../../models/spec/data.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import { assemble, assignmentOf } from '../../assemble.ts';
import type { RunView } from '../../progress.ts';
import type { ResolvedScenario } from '../../scenario/resolved.ts';
import type { WorldKind } from '../../../reports/report-input.ts';
import { type Pictures, ProtocolWatch } from '../protocol-watch.ts';
import { RunProgress } from '../run-progress.ts';
import { Stopwatch } from '../stopwatch.ts';
import type { CrewFactory } from './crew.ts';
import { RealRun } from './real-run.ts';
import type { RunKeeper } from './run-keeper.ts';
import { RealTrace } from './real-trace.ts';
import type { TraceRequest } from '../../output/trace-spool.ts';
import type { LinkShape } from '../shaped-mail.ts';
import type { ScenarioWorld, WorldOutcome } from '../world.ts';

/** What a node's runner makes its node from. */
export interface RealWork {
  readonly scenario: ResolvedScenario;
  /** Place of the protocol in the scenario's list. */
  readonly index: number;
  /** On shared memory, where the runner can share it. */
  readonly data: DataSplit | null;
}

/** One way to run nodes for real. */
export interface RealWorldKind {
  readonly name: Exclude<WorldKind, 'simulated'>;
  /** Memory of a runner before its node holds anything, with as much again to be safe. */
  readonly nodeBytes: number;
  /**
   * Makes the crews of all runs; what takes time is done once. The nodes are those of a scenario, or what another entry
   * of threads serves.
   */
  readonly crew: (entry?: string) => Promise<CrewFactory>;
}

/** What a run may have beside its scenario. */
export interface RealExtras {
  /** The network that it plays; that of the machine if there is none. */
  readonly shape?: LinkShape | null;
  /** Where its trace goes; there is none if left out. */
  readonly trace?: TraceRequest | null;
  /** What a run of one protocol is kept in, to go on from; it is not if left out. */
  readonly keeper?: RunKeeper | null;
}

/** Shortest default heartbeat: as long as a busy machine needs. */
const HEARTBEAT_NS = 50e6;

/** The scenario for a real run: default heartbeats are slower than simulated ones. */
function slowedDown(scenario: ResolvedScenario, index: number): ResolvedScenario {
  const { detector } = assignmentOf(scenario, index, null);
  if (detector === null || scenario.detector?.heartbeat !== undefined) return scenario;
  const heartbeat = Math.max(detector.heartbeatNs, HEARTBEAT_NS) / 1e9;
  return { ...scenario, detector: { heartbeat, misses: detector.misses } };
}

export class RealWorld implements ScenarioWorld {
  private readonly kind: RealWorldKind;
  private readonly shape: LinkShape | null;
  private readonly trace: TraceRequest | null;
  private readonly keeper: RunKeeper | null;
  /** Where the trace of the next run begins in the spool file. */
  private traceFrom = 0;
  private readonly scenario: ResolvedScenario;
  private readonly data: DataSplit | null;
  private readonly pictures: Pictures;
  private readonly progress: RunProgress;
  /** The protocol that runs, or ran last. */
  private current: { readonly run: RealRun; readonly watch: ProtocolWatch } | null = null;

  constructor(
    kind: RealWorldKind,
    scenario: ResolvedScenario,
    data: DataSplit | null,
    { shape = null, trace = null, keeper = null }: RealExtras = {},
  ) {
    this.kind = kind;
    this.shape = shape;
    this.trace = trace;
    this.keeper = keeper;
    this.scenario = scenario;
    this.data = data;
    const { nodes } = scenario.cluster;
    this.pictures = {
      recent: new Uint8Array(NODE_STATES.length * nodes),
      health: new Uint8Array(nodes),
    };
    const own = { world: kind.name, pausable: false, ...this.pictures };
    this.progress = new RunProgress(scenario, own);
  }

  /** No runner is left when it resolves. */
  async start(): Promise<WorldOutcome> {
    let crash: Error | null = null;
    try {
      const crew = await this.kind.crew();
      for (let index = 0; index < this.scenario.protocol.length; index++) {
        if (this.progress.status !== 'running') break;
        await this.runProtocol(index, crew);
      }
    } catch (error) {
      crash = error instanceof Error ? error : new Error(String(error));
    }
    return this.progress.end(crash);
  }

  view(): RunView {
    const { current, progress } = this;
    if (current === null) return progress.view({ timeNs: 0, events: 0, messages: 0 });
    const { run, watch } = current;
    progress.hear({ kind: 'progress', ...watch.glimpse() });
    const { timeNs, events, messages, started } = run;
    const view = progress.view({ timeNs, events, messages, seconds: timeNs / 1e9 });
    return started
      ? view
      : {
          ...view,
          phaseMessage: `starting ${formatCounted(view.nodes, 'node')} on ${this.kind.name}`,
        };
  }

  /** Real time cannot be paused: no effect. */
  pause(): void {}

  /** No effect. */
  resume(): void {}

  quit(): void {
    if (this.progress.goOn('interrupted')) this.current?.run.stop('interrupted');
  }

  private async runProtocol(index: number, crew: CrewFactory): Promise<void> {
    const { data, pictures, progress, keeper } = this;
    const scenario = slowedDown(this.scenario, index);
    const { plan, log, detector, options } = assemble(scenario, index, data, () => run);
    const watch = new ProtocolWatch(scenario, index, detector, pictures);
    const trace = this.trace && new RealTrace();
    const work: RealWork = { scenario, index, data };
    for (const { node, timeNs, value } of keeper?.notes ?? [])
      log.noted(node, timeNs, NOTES.iteration, value);
    // Those of a run that goes on have struck already.
    const faults = keeper?.state
      ? options.faults && { ...options.faults, rules: [] }
      : options.faults;
    const run: RealRun = new RealRun({
      ...options,
      ...{ crew, work, shape: this.shape, faults, keeper },
      observers: [
        ...options.observers,
        ...watch.observers,
        ...[trace, keeper].filter((each) => each !== null),
      ],
      trace: trace && { limit: this.trace!.limit, heard: trace.heard.bind(trace) },
      stores: scenario.checkpoint !== undefined,
      steps: scenario.training.iterations + 1,
    });
    const stopwatch = new Stopwatch();
    watch.begin({ run, log, roles: plan.roles });
    progress.hear({ kind: 'began', index, roles: plan.roles });
    this.current = { run, watch };
    const result = await run.run();
    const maybeGoesOn = result.outcome === 'interrupted' || run.hasLostRunner;
    if (!maybeGoesOn || keeper?.isKept === false) keeper?.remove();
    const spooled = trace && trace.write(result, this.trace!, index + 1, this.traceFrom);
    this.traceFrom = spooled?.to ?? 0;
    progress.hear({ kind: 'progress', ...watch.glimpse() });
    progress.hear({
      kind: 'ended',
      run: { ...watch.record(result, stopwatch.seconds), trace: spooled },
    });
  }
}
