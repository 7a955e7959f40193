/** The crew of the processes world: a process for each node, started and ended by `node:cluster`. */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { MEMORY_MIB } from '../bundle.ts';
import type { CrewFactory, PlacedSetup } from '../real/crew.ts';
import { StationCrew, type StationRunner } from '../stations/station-crew.ts';
import type { FromStation, ToStation } from '../stations/station-messages.ts';
import type { Here, PlaceInProcess } from './process-messages.ts';
import { fillRunFolder, stationPath } from './run-folder.ts';

/** The end of what a process wrote to its standard error: it says why the process ended. */
const LAST_WORDS = 300;

type ToProcess = ToStation | PlaceInProcess;

class ProcessRunner implements StationRunner {
  private readonly worker: Worker;
  private readonly exited: Promise<unknown>;
  /** To be told when it hears; null from then on. */
  private early: ToProcess[] | null;

  constructor(worker: Worker, place: PlaceInProcess) {
    this.worker = worker;
    this.early = [place];
    this.exited = once(worker, 'exit');
  }

  /** It hears from now on. */
  begin(): void {
    const told = this.early ?? [];
    this.early = null;
    for (const message of told) this.ask(message);
  }

  ask(message: ToProcess): void {
    if (this.early !== null) return void this.early.push(message);
    // A process that has just died hears nothing, and its end is noticed elsewhere.
    if (this.worker.isConnected()) this.worker.send(message, () => {});
  }

  async end(): Promise<void> {
    this.worker.process.kill('SIGKILL');
    await this.exited;
  }
}

class ProcessCrew extends StationCrew {
  private readonly folder: string;

  constructor(
    code: { readonly station: string; readonly thread: string },
    ...[setups, client, folder]: Parameters<CrewFactory>
  ) {
    super(setups, client);
    this.folder = folder;
    fillRunFolder(folder, code, setups[0].work);
  }

  protected open(setup: PlacedSetup, heard: (message: FromStation) => void): StationRunner {
    const worker = this.fork();
    const { folder } = this;
    const place = { kind: 'place', setup: this.stationSetup(setup), folder } as const;
    const runner = new ProcessRunner(worker, place);
    let lastWords = '';
    worker.process.stderr?.on('data', (text: Buffer) => {
      lastWords = `${lastWords}${text.toString()}`.slice(-LAST_WORDS);
    });
    worker.on('message', (message: FromStation | Here) => {
      if (message.kind === 'here') runner.begin();
      else heard(message);
    });
    const lost = (what: string): void => heard({ kind: 'lost', what });
    worker.on('error', (error) => lost(`its process failed: ${error.message}`));
    worker.on('exit', (code: number | null, signal: string | null) =>
      lost(`its process ended with ${signal ?? `code ${code}`} ${lastWords}`.trimEnd()),
    );
    return runner;
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
