/** The crew of the threads world: a worker thread for each node, which the main thread introduces to each other. */
import { Worker } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { BUNDLED_WORKER_OPTIONS } from '../bundle.ts';
import type { ToNode } from '../board.ts';
import {
  Crew,
  type CrewFactory,
  type PlacedSetup,
  type Runner,
  type RunnerListener,
} from '../real/crew.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

class ThreadRunner implements Runner {
  readonly worker: Worker;

  constructor(worker: Worker) {
    this.worker = worker;
  }

  tell(message: ToNode): void {
    this.worker.postMessage(message);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

class ThreadCrew extends Crew {
  private readonly bundle: string;

  constructor(bundle: string, ...[setups, client]: Parameters<CrewFactory>) {
    super(setups, client);
    this.bundle = bundle;
  }

  /** The board is shared memory: it always shows the present. */
  look(): boolean {
    return true;
  }

  protected start(setup: PlacedSetup, listener: RunnerListener): Runner {
    const worker = new Worker(this.bundle, {
      ...BUNDLED_WORKER_OPTIONS,
      workerData: setup,
      name: `node ${setup.node}`,
    });
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'connect') this.introduce(setup, message);
      else listener.heard(message);
    });
    worker.on('error', (error) => listener.lost(`its thread failed: ${error.message}`));
    worker.on('exit', (code) => listener.lost(`its thread ended with code ${code}`));
    return new ThreadRunner(worker);
  }

  /**
   * A connection of an incarnation that is over, or to one that is over or has not begun, is closed: what is sent on it
   * is lost.
   */
  private introduce(
    { node, incarnations }: { node: NodeId; incarnations: readonly number[] },
    { peer, incarnation, port }: FromThread & { kind: 'connect' },
  ): void {
    const isPresent = this.runnerOf(node, incarnations[node]) !== null;
    const runner = this.runnerOf(peer, incarnation) as ThreadRunner | null;
    const message: ToThread = { kind: 'connect', peer: node, port };
    if (isPresent && runner !== null) runner.worker.postMessage(message, [port]);
    else port.close();
  }
}

/** Crews whose threads run that bundle of an entry that calls `serveThread`. */
export function threadCrew(bundle: string): CrewFactory {
  return (...given) => new ThreadCrew(bundle, ...given);
}
