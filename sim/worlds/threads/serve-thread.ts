/** What every worker entry of the threads world does: places its node and reports that it is ready, or why not. */
import { parentPort, workerData } from 'node:worker_threads';
import { FileDisk } from '../file-disk.ts';
import { handlerFailure } from '../../../engine/run-failure.ts';
import type { NodeFactory } from '../../../engine/world.ts';
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
    storage: storageFolder,
    disks,
    work,
    ...setup
  } = workerData as PlacedSetup;
  const incarnation = incarnations[node];
  const board = new PortBoard(new SharedBoard(memory), node, incarnations, parentPort);
  const storage =
    storageFolder === null ? null : new FileStorage(storageFolder, `${node}-${incarnation}`);
  const disk = new FileDisk(disks, node);
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
