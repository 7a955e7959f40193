/** The crew of the processes world: a process for each node, started and ended by `node:cluster`. */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { NodeId } from '../../../engine/world.ts';
import type { ToNode } from '../board.ts';
import { MEMORY_MIB } from '../bundle.ts';
import { SharedWork, workMemory } from '../shared-work.ts';
import { readRow, writeRow } from '../real/board-row.ts';
import {
  Crew,
  type CrewFactory,
  type PlacedSetup,
  type Runner,
  type RunnerListener,
} from '../real/crew.ts';
import { fillRunFolder, stationPath } from './run-folder.ts';
import type { FromStation, StationSetup, ToStation } from './station-messages.ts';

/** The end of what a process wrote to its standard error: it says why the process ended. */
const LAST_WORDS = 300;

class ProcessRunner implements Runner {
  isEnded = false;
  /** The last question for figures that it has answered. */
  answered = 0;
  private readonly worker: Worker;
  private readonly exited: Promise<unknown>;
  /** To be told when it hears; null from then on. */
  private early: ToStation[] | null = [];

  constructor(worker: Worker) {
    this.worker = worker;
    this.exited = once(worker, 'exit');
  }

  tell(message: ToNode): void {
    this.ask(message);
  }

  /** It hears from now on. */
  begin(setup: StationSetup): void {
    const told = this.early ?? [];
    this.early = null;
    for (const message of [{ kind: 'place', setup } as const, ...told]) this.ask(message);
  }

  ask(message: ToStation): void {
    if (this.early !== null) return void this.early.push(message);
    // A process that has just died hears nothing, and its end is noticed elsewhere.
    if (this.worker.isConnected()) this.worker.send(message, () => {});
  }

  async end(): Promise<void> {
    this.isEnded = true;
    this.worker.process.kill('SIGKILL');
    await this.exited;
  }
}

class ProcessCrew extends Crew {
  private readonly folder: string;
  private readonly runners: (ProcessRunner | null)[];
  /** The number of the last question for figures; 0 before the first. */
  private question = 0;

  constructor(
    code: { readonly station: string; readonly thread: string },
    ...[setups, client, folder]: Parameters<CrewFactory>
  ) {
    super(setups, client);
    this.folder = folder;
    this.runners = setups.map(() => null);
    fillRunFolder(folder, code, setups[0].work);
  }

  /** Figures that were asked for at the last call show each node as it was after that call. */
  look(): boolean {
    const present = this.runners.filter((runner) => runner !== null && !runner.isEnded);
    if (present.some((runner) => runner!.answered < this.question)) return false;
    const isShown = this.question > 0;
    this.question++;
    for (const runner of present) runner!.ask({ kind: 'look', number: this.question });
    return isShown;
  }

  override hold(node: NodeId, nowNs: number): void {
    super.hold(node, nowNs);
    this.runners[node]?.ask({ kind: 'hold', nowNs });
  }

  override release(node: NodeId): void {
    super.release(node);
    this.runners[node]?.ask({ kind: 'release' });
  }

  override pace(node: NodeId, slowness: number): void {
    super.pace(node, slowness);
    this.runners[node]?.ask({ kind: 'pace', slowness });
  }

  protected start(setup: PlacedSetup, listener: RunnerListener): Runner {
    const worker = this.fork();
    const runner = new ProcessRunner(worker);
    const { node } = setup;
    this.runners[node] = runner;
    let lastWords = '';
    worker.process.stderr?.on('data', (text: Buffer) => {
      lastWords = `${lastWords}${text.toString()}`.slice(-LAST_WORDS);
    });
    worker.on('message', (message: FromStation) => {
      if (message.kind === 'lost') listener.lost(message.what);
      else if (message.kind === 'here') runner.begin(this.stationSetup(setup));
      else if (message.kind !== 'figures') listener.heard(message);
      else if (!runner.isEnded) {
        writeRow(this.board, node, message.row, false);
        runner.answered = Math.max(runner.answered, message.number);
      }
    });
    worker.on('error', (error) => listener.lost(`its process failed: ${error.message}`));
    worker.on('exit', (code: number | null, signal: string | null) => {
      runner.isEnded = true;
      listener.lost(`its process ended with ${signal ?? `code ${code}`} ${lastWords}`.trimEnd());
    });
    return runner;
  }

  private stationSetup({ board: _, work: __, ...setup }: PlacedSetup): StationSetup {
    const { steps } = this.board.work.memory;
    const nothing = new SharedWork(workMemory(this.setups.length, steps));
    const row = readRow(this.board, setup.node, nothing);
    return { ...setup, steps, row, folder: this.folder };
  }

  private fork(): Worker {
    cluster.setupPrimary({
      exec: stationPath(this.folder),
      args: [],
      execArgv: [`--max-old-space-size=${MEMORY_MIB}`],
      serialization: 'advanced',
      silent: true,
    });
    // Loaders that this process was started with stay out of the others.
    return cluster.fork({ NODE_OPTIONS: '' });
  }
}

/** Crews whose processes run that code: of a station, and of the thread of a node, which calls `serveThread`. */
export function processCrew(code: {
  readonly station: string;
  readonly thread: string;
}): CrewFactory {
  return (...given) => new ProcessCrew(code, ...given);
}
