/**
 * The process of one node. The node runs on a thread of it, as in the threads world; this main thread carries its
 * messages over sockets and its reports to the process that conducts the run. So a node that computes for long still
 * answers for its figures, and takes what has arrived when its job is over.
 */
import { Worker } from 'node:worker_threads';
import { BUNDLED_WORKER_OPTIONS } from '../bundle.ts';
import { readRow, writeRow } from '../real/board-row.ts';
import { boardMemory, SharedBoard } from '../real/shared-board.ts';
import { SharedWork, workMemory } from '../shared-work.ts';
import type { PlacedSetup } from '../real/crew.ts';
import type { FromThread, ToThread } from '../threads/thread-messages.ts';
import { Connections } from './connections.ts';
import { readWork, threadPath } from './run-folder.ts';
import type { FromStation, StationSetup, ToStation } from './station-messages.ts';

const READ_WITH: readonly FromThread['kind'][] = ['note', 'finished', 'failed', 'report'];

class Station {
  private readonly setup: StationSetup;
  private readonly board: SharedBoard;
  /** The work that was told of. */
  private readonly workTold: SharedWork;
  private readonly worker: Worker;
  private readonly connections: Connections;

  private constructor(setup: StationSetup) {
    const { node, incarnations, steps, row, folder } = setup;
    this.setup = setup;
    const board = boardMemory(incarnations.length, steps);
    this.board = new SharedBoard(board);
    this.workTold = new SharedWork(workMemory(incarnations.length, steps));
    writeRow(this.board, node, row, true);
    this.connections = new Connections(node, incarnations, folder, (peer, port) =>
      this.worker.postMessage({ kind: 'connect', peer, port } satisfies ToThread, [port]),
    );
    const workerData: PlacedSetup = { ...setup, board, work: readWork(folder) };
    this.worker = new Worker(threadPath(folder), {
      execArgv: [],
      resourceLimits: BUNDLED_WORKER_OPTIONS.resourceLimits,
      workerData,
      name: `node ${node}`,
    });
    this.worker.on('message', (message: FromThread) => this.said(message));
    this.worker.on('error', (error) => this.lost(`its thread failed: ${error.message}`));
    this.worker.on('exit', (code) => this.lost(`its thread ended with code ${code}`));
  }

  static async open(setup: StationSetup): Promise<Station> {
    const station = new Station(setup);
    await station.connections.listen();
    return station;
  }

  told(message: ToStation): void {
    const { node } = this.setup;
    if (message.kind === 'hold') this.board.hold(node, message.nowNs);
    else if (message.kind === 'release') this.board.release(node);
    else if (message.kind === 'pace') this.board.set(node, 'slowness', message.slowness);
    else if (message.kind === 'look') this.tellFigures(message.number);
    else if (message.kind !== 'place') this.pass(message);
  }

  private pass(message: ToThread): void {
    this.worker.postMessage(message);
    // In this order: the thread must know the incarnation before it gets a connection of it.
    if (message.kind === 'returned') this.connections.renew(message.peer, message.incarnation);
  }

  private said(message: FromThread): void {
    if (message.kind === 'connect')
      return this.connections.connect(message.peer, message.incarnation, message.port);
    // Whoever hears a note or of an end reads figures next, and they must not be older.
    if (READ_WITH.includes(message.kind)) this.tellFigures(0);
    tell(message);
  }

  private tellFigures(number: number): void {
    tell({ kind: 'figures', row: readRow(this.board, this.setup.node, this.workTold), number });
  }

  private lost(what: string): void {
    tell({ kind: 'lost', what });
  }
}

function tell(message: FromStation): void {
  process.send!(message);
}

/** The process that conducts the run ends this one; an interruption from the terminal is for that one alone. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let opened: Promise<Station> | null = null;
process.on('message', (message: ToStation) => {
  if (message.kind === 'place') {
    opened = Station.open(message.setup);
    opened.catch((error: Error) => tell({ kind: 'lost', what: error.message }));
  } else void opened?.then((station) => station.told(message));
});
tell({ kind: 'here' });
