/** Draws up one node's books, from all who keep a part of them. */
import type { Accounting } from './accounting.ts';
import type { Host } from './host.ts';
import type { NodeAccount } from './result.ts';
import type { Traffic } from './transport.ts';

/** The account of the host's node up to that time, over all its incarnations. */
export function nodeAccount(
  host: Host,
  accounting: Accounting,
  traffic: Traffic,
  nowNs: number,
): NodeAccount {
  const [downNs, busyNs, redoNs, commNs, idleNs] = accounting.timesOf(host.self, nowNs);
  return {
    node: host.self,
    downNs,
    busyNs,
    redoNs,
    commNs,
    idleNs,
    jobs: host.jobs,
    flops: host.flops,
    ...traffic,
    peakMemoryBytes: host.ledger.peakBytes,
    memoryItems: host.ledger.peaks(),
  };
}
