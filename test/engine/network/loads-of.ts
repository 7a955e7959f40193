/** What each link of a network has carried, link by link: tables are for machines. */
import { rowOf } from '../../../engine/columns.ts';
import type { Network } from '../../../engine/network/network.ts';
import { LOAD_FIGURES } from '../../../engine/result.ts';

export function loadsOf(network: Pick<Network, 'loads'>) {
  const loads = network.loads();
  return Array.from(loads.bytes, (_, link) => rowOf(loads, LOAD_FIGURES, link));
}
