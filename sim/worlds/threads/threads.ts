/**
 * The threads world, for the commands: runs the protocols of a scenario one after the other, each with a thread a
 * node. How threads run is in `thread-run.ts`.
 */
import { NODE_STATES } from '../../../engine/node-states.ts';
import type { DataSplit } from '../../../models/spec/data.ts';
import { assemble, assignmentOf } from '../../assemble.ts';
import type { RunView } from '../../progress.ts';
import type { ResolvedScenario } from '../../scenario/resolved.ts';
import { bundleWorker } from '../bundle.ts';
import { type Pictures, ProtocolWatch } from '../protocol-watch.ts';
import { RunProgress } from '../run-progress.ts';
import { Stopwatch } from '../stopwatch.ts';
import { ThreadRun } from './thread-run.ts';
import type { ThreadWork } from './thread-worker.ts';
import type { ScenarioWorld, WorldOutcome } from '../world.ts';

const ENTRY = new URL('./thread-worker.ts', import.meta.url).href;

/** Builds the threads' code while the scenario is still being read. */
export async function warmUp(): Promise<void> {
  // A failure comes again, and is reported, when the world starts.
  await bundleWorker(ENTRY).catch(() => {});
}

/** Shortest default heartbeat: as long as a busy machine needs. */
const HEARTBEAT_NS = 50e6;

/** The scenario for threads: default heartbeats are slower than simulated ones. */
function slowedDown(scenario: ResolvedScenario, index: number): ResolvedScenario {
  const { detector } = assignmentOf(scenario, index, null);
  if (detector === null || scenario.detector?.heartbeat !== undefined) return scenario;
  const heartbeat = Math.max(detector.heartbeatNs, HEARTBEAT_NS) / 1e9;
  return { ...scenario, detector: { heartbeat, misses: detector.misses } };
}

export class ThreadsWorld implements ScenarioWorld {
  private readonly scenario: ResolvedScenario;
  private readonly data: DataSplit | null;
  private readonly pictures: Pictures;
  private readonly progress: RunProgress;
  /** The protocol that runs, or ran last. */
  private current: { readonly run: ThreadRun; readonly watch: ProtocolWatch } | null = null;

  constructor(scenario: ResolvedScenario, data: DataSplit | null) {
    this.scenario = scenario;
    this.data = data;
    const { nodes } = scenario.cluster;
    this.pictures = {
      recent: new Uint8Array(NODE_STATES.length * nodes),
      health: new Uint8Array(nodes),
    };
    const own = { world: 'threads' as const, pausable: false, ...this.pictures };
    this.progress = new RunProgress(scenario, own);
  }

  /** No thread is left when it resolves. */
  async start(): Promise<WorldOutcome> {
    let crash: Error | null = null;
    try {
      const bundle = await bundleWorker(ENTRY);
      for (let index = 0; index < this.scenario.protocol.length; index++) {
        if (this.progress.status !== 'running') break;
        await this.runProtocol(index, bundle);
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
    return started ? view : { ...view, phaseMessage: `starting ${view.nodes} threads` };
  }

  /** Real time cannot be paused: no effect. */
  pause(): void {}

  /** No effect. */
  resume(): void {}

  quit(): void {
    if (this.progress.goOn('interrupted')) this.current?.run.stop('interrupted');
  }

  private async runProtocol(index: number, bundle: string): Promise<void> {
    const { data, pictures, progress } = this;
    const scenario = slowedDown(this.scenario, index);
    const { plan, log, detector, options } = assemble(scenario, index, data, () => run);
    const watch = new ProtocolWatch(scenario, index, detector, pictures);
    const work: ThreadWork = { scenario, index, data };
    const run: ThreadRun = new ThreadRun({
      ...options,
      ...{ bundle, work },
      observers: [...options.observers, ...watch.observers],
      stores: scenario.checkpoint !== undefined,
      steps: scenario.training.iterations + 1,
    });
    const stopwatch = new Stopwatch();
    watch.begin({ run, log, roles: plan.roles });
    progress.hear({ kind: 'began', index, roles: plan.roles });
    this.current = { run, watch };
    const result = await run.run();
    progress.hear({ kind: 'progress', ...watch.glimpse() });
    progress.hear({
      kind: 'ended',
      run: { ...watch.record(result, stopwatch.seconds), trace: null },
    });
  }
}
