/** The crews of all real worlds, for nodes of an entry of the test's own. */
import { bundleWorker } from '../../../sim/worlds/bundle.ts';
import { hostsWorld } from '../../../sim/worlds/hosts/hosts.ts';
import { hostCrew } from '../../../sim/worlds/hosts/host-crew.ts';
import { processCrew } from '../../../sim/worlds/processes/process-crew.ts';
import { STATION_ENTRY } from '../../../sim/worlds/processes/processes.ts';
import type { CrewFactory } from '../../../sim/worlds/real/crew.ts';
import type { RealWorldKind } from '../../../sim/worlds/real/real-world.ts';
import { REAL_WORLDS } from '../../../sim/worlds/real-worlds.ts';
import { threadCrew } from '../../../sim/worlds/threads/thread-crew.ts';
import { THREAD_ENTRY } from '../../../sim/worlds/threads/threads.ts';
import { testHosts } from './test-hosts.ts';

export type CrewOf = (entry: string) => Promise<CrewFactory>;

/** Each gets the address of a module that calls `serveThread`. */
export const CREWS: Record<'threads' | 'processes' | 'hosts', CrewOf> = {
  threads: async (entry) => threadCrew(await bundleWorker(entry)),
  processes: async (entry) => {
    const [station, thread] = await Promise.all([STATION_ENTRY, entry].map(bundleWorker));
    return processCrew({ station, thread });
  },
  hosts: async (entry) => {
    const code = await bundleWorker(entry);
    return hostCrew({ ...(await testHosts(code)), code });
  },
};

/** The real worlds, with hosts on this machine. */
export const TESTED_WORLDS: readonly RealWorldKind[] = [
  ...REAL_WORLDS,
  {
    ...hostsWorld({ keys: { certificate: '', key: '' }, hosts: [] }),
    crew: () => CREWS.hosts(THREAD_ENTRY),
  },
];
