/** What every worker entry of the threads world does: places its node and reports that it is ready, or why not. */
import { parentPort, workerData } from 'node:worker_threads';
import { BoardDisk } from '../board-disk.ts';
import { FileDisk } from '../file-disk.ts';
import { handlerFailure } from '../../../engine/run-failure.ts';
import type { NodeFactory } from '../../../engine/world.ts';
import { BoardStorage, type NodeStorage } from '../board-storage.ts';
import { FileStorage } from '../file-storage.ts';
import { PortBoard } from './port-board.ts';
import { RealNode } from '../real-node.ts';
import { SharedBoard } from '../real/shared-board.ts';
import type { PlacedSetup } from '../real/crew.ts';

/**
 * Serves the node this thread was started for until the main thread ends it.
 *
 * @param factoryOf makes the factory of nodes from the run's `work`, in the same way on every thread
 */
export function serveThread(factoryOf: (work: unknown) => NodeFactory): void {
  if (parentPort === null) throw new Error('serveThread: this is no worker thread');
  const {
    node,
    incarnations,
    board: memory,
    storage: place,
    disks,
    record,
    work,
    ...setup
  } = workerData as PlacedSetup;
  const incarnation = incarnations[node];
  const board = new PortBoard(new SharedBoard(memory), node, incarnations, parentPort);
  const storage = place && storageAt(place, `${node}-${incarnation}`, board);
  const disk = record === undefined ? new FileDisk(disks, node) : new BoardDisk(record, board);
  const facts = { ...setup, node, incarnation, nodeCount: incarnations.length, storage, disk };
  try {
    new RealNode(facts, board.mail, board, factoryOf(work));
  } catch (error) {
    board.tell({
      kind: 'failed',
      failure: handlerFailure(node, 'not placed', 'being placed', error),
    });
  }
}

function storageAt(
  place: NonNullable<PlacedSetup['storage']>,
  writer: string,
  board: PortBoard,
): NodeStorage {
  return place === 'board' ? new BoardStorage(board) : new FileStorage(place.folder, writer);
}
