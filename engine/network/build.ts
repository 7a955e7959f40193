/** The only place where the name of a sharing rule becomes a network. */
import type { Kernel } from '../kernel.ts';
import { FairNetwork } from './fair/fair-network.ts';
import { FifoNetwork } from './fifo.ts';
import type { Network, NetworkClient } from './network.ts';
import type { Topology } from './topology.ts';

/** How transfers share a link. */
export type Sharing = 'fifo' | 'fair';

/** `canFail`: links may change, and transfers may be removed or held. */
export function buildNetwork(
  sharing: Sharing,
  kernel: Kernel,
  topology: Topology,
  client: NetworkClient,
  canFail: boolean = false,
): Network {
  if (sharing === 'fifo') return new FifoNetwork(kernel, topology, client, canFail);
  if (sharing === 'fair') return new FairNetwork(kernel, topology, client);
  throw new Error(`sharing: '${String(sharing)}' was given, 'fair' or 'fifo' would be right`);
}
