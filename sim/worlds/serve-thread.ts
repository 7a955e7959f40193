/** What every worker entry of the threads world does: makes its node and says that it is ready, or why not. */
import { parentPort, workerData } from 'node:worker_threads';
import type { NodeFactory } from '../../engine/world.ts';
import type { ThreadSetup } from './thread-messages.ts';
import { failureOf, ThreadNode } from './thread-node.ts';

/**
 * Serves the node this thread was started for until the main thread ends it.
 *
 * @param factoryOf makes the factory of nodes from the run's `work`, in the same way on every thread
 */
export function serveThread(factoryOf: (work: unknown) => NodeFactory): void {
  if (parentPort === null) throw new Error('serveThread: this is no worker thread');
  const setup = workerData as ThreadSetup;
  try {
    new ThreadNode(setup, parentPort, factoryOf(setup.work));
  } catch (error) {
    const failure = failureOf(error, setup.node, `node ${setup.node}, being placed`);
    parentPort.postMessage({ kind: 'failed', failure });
  }
}
