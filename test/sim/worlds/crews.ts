/** The crews of all real worlds, for nodes of an entry of the test's own. */
import { bundleWorker } from '../../../sim/worlds/bundle.ts';
import { processCrew } from '../../../sim/worlds/processes/process-crew.ts';
import { STATION_ENTRY } from '../../../sim/worlds/processes/processes.ts';
import type { CrewFactory } from '../../../sim/worlds/real/crew.ts';
import { threadCrew } from '../../../sim/worlds/threads/thread-crew.ts';

export type CrewOf = (entry: string) => Promise<CrewFactory>;

/** Each gets the address of a module that calls `serveThread`. */
export const CREWS: Record<'threads' | 'processes', CrewOf> = {
  threads: async (entry) => threadCrew(await bundleWorker(entry)),
  processes: async (entry) => {
    const [station, thread] = await Promise.all([STATION_ENTRY, entry].map(bundleWorker));
    return processCrew({ station, thread });
  },
};
