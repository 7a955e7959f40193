/** The hosts world: nodes on several machines, each of which runs `npm run real -- host`. */
import { bundleWorker } from '../bundle.ts';
import type { RealWorldKind } from '../real/real-world.ts';
import { THREAD_ENTRY } from '../threads/threads.ts';
import { hostCrew, type HostsOptions } from './host-crew.ts';

export function hostsWorld(options: Omit<HostsOptions, 'code'>): RealWorldKind {
  return {
    name: 'hosts',
    // Other machines' memory, which this one does not know.
    nodeBytes: 0,
    crew: async () => hostCrew({ ...options, code: await bundleWorker(THREAD_ENTRY) }),
  };
}
