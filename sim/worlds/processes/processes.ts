/** The processes world: each node in a process of its own on this machine, with UNIX sockets between them. */
import { bundleWorker } from '../bundle.ts';
import type { RealWorldKind } from '../real/real-world.ts';
import { THREAD_ENTRY } from '../threads/threads.ts';
import { processCrew } from './process-crew.ts';

/** Entry of a node's process. */
export const STATION_ENTRY = new URL('./station-process.ts', import.meta.url).href;

export const processes: RealWorldKind = {
  name: 'processes',
  // 60 MB were measured.
  nodeBytes: 120 * 2 ** 20,
  crew: async (entry = THREAD_ENTRY) => {
    const [station, thread] = await Promise.all([STATION_ENTRY, entry].map(bundleWorker));
    return processCrew({ station, thread });
  },
};
