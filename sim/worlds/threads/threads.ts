/** The threads world: each node on a worker thread of this process. */
import { bundleWorker } from '../bundle.ts';
import type { RealWorldKind } from '../real/real-world.ts';
import { threadCrew } from './thread-crew.ts';

/** Entry of a node's thread. */
export const THREAD_ENTRY = new URL('./thread-worker.ts', import.meta.url).href;

export const threads: RealWorldKind = {
  name: 'threads',
  // 8 MB were measured.
  nodeBytes: 16 * 2 ** 20,
  crew: async (entry = THREAD_ENTRY) => threadCrew(await bundleWorker(entry)),
};
