/**
 * The station of one node. The node runs on a thread of its own, as in the threads world; the station, on the main
 * thread of its process, carries its messages over connections and its reports to the process that conducts the run. So
 * a node that computes for long still answers for its figures, and takes what has arrived when its job is over.
 */
import type { Worker } from 'node:worker_threads';
import { readRow, writeRow } from '../real/board-row.ts';
import type { PlacedSetup } from '../real/crew.ts';
import { boardMemory, SharedBoard } from '../real/shared-board.ts';
import { SharedWork, workMemory } from '../shared-work.ts';
import type { FromThread, ToThread } from '../threads/thread-messages.ts';
import { Connections } from './connections.ts';
import type { FromStation, StationSetup, ToStation } from './station-messages.ts';
import type { Caller, Transport } from './transport.ts';

const READ_WITH: readonly FromThread['kind'][] = ['note', 'finished', 'failed', 'report'];

export interface StationClient {
  /** For the process that conducts the run. */
  tell(message: FromStation): void;
  /** Somebody who called was sent away. */
  refused(caller: Caller, why: string): void;
}

export class Station {
  private readonly setup: StationSetup;
  private readonly client: StationClient;
  private readonly board: SharedBoard;
  /** The work that was told of. */
  private readonly workTold: SharedWork;
  private readonly worker: Worker;
  private readonly connections: Connections;
  private isEnded = false;

  /** @param start starts the node's thread with that start data */
  constructor(
    setup: StationSetup,
    work: unknown,
    transport: Transport,
    client: StationClient,
    start: (data: PlacedSetup) => Worker,
  ) {
    const { node, incarnations, steps, row } = setup;
    this.setup = setup;
    this.client = client;
    const board = boardMemory(incarnations.length, steps);
    this.board = new SharedBoard(board);
    this.workTold = new SharedWork(workMemory(incarnations.length, steps));
    writeRow(this.board, node, row, true);
    this.connections = new Connections(node, incarnations, transport, {
      introduce: (peer, port) =>
        this.worker.postMessage({ kind: 'connect', peer, port } satisfies ToThread, [port]),
      cut: (caller, why) => this.tell({ kind: 'cut', ...caller, why }),
      refused: (caller, why) => client.refused(caller, why),
    });
    this.worker = start({ ...setup, board, work });
    this.worker.on('message', (message: FromThread) => this.said(message));
    this.worker.on('error', (error) => this.lost(`its thread failed: ${error.message}`));
    this.worker.on('exit', (code) => this.lost(`its thread ended with code ${code}`));
  }

  /** Resolves when others can connect. */
  async listen(): Promise<void> {
    await this.connections.listen();
  }

  /** Ends the node and its connections; when that resolves it does nothing any more. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.connections.close();
    await this.worker.terminate();
  }

  told(message: ToStation): void {
    const { node } = this.setup;
    if (message.kind === 'hold') this.board.hold(node, message.nowNs);
    else if (message.kind === 'release') this.board.release(node);
    else if (message.kind === 'pace') this.board.set(node, 'slowness', message.slowness);
    else if (message.kind === 'look') this.tellFigures(message.number);
    else this.pass(message);
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
    this.tell(message);
  }

  private tellFigures(number: number): void {
    const row = readRow(this.board, this.setup.node, this.workTold);
    this.tell({ kind: 'figures', row, number });
  }

  private tell(message: FromStation): void {
    if (!this.isEnded) this.client.tell(message);
  }

  private lost(what: string): void {
    this.tell({ kind: 'lost', what });
  }
}
