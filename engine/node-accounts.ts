/**
 * Collects the accounts of nodes from the parts of the engine that keep them, and reads them node by node. A run of a
 * million nodes has one table of columns; a row is made only when it is read.
 */
import type { Accounting } from './accounting.ts';
import { emptyColumns, rowOf } from './columns.ts';
import type { Host } from './host/host.ts';
import { NODE_FIGURES, TIME_FIGURES, TRAFFIC_FIGURES } from './result.ts';
import type { NodeAccounts, Traffic } from './result.ts';
import type { NodeId } from './world.ts';

/** One node's account. The five times sum to the run's time exactly. */
export type NodeAccount = { readonly node: NodeId } & Record<
  (typeof NODE_FIGURES)[number],
  number
> & {
    /** Peak bytes of each item of the memory ledger that it held. */
    memoryItems: Record<string, number>;
  };

/** Accounts of that many nodes, all zero. */
export function emptyAccounts(nodeCount: number): NodeAccounts {
  return { count: nodeCount, ...emptyColumns(NODE_FIGURES, nodeCount), memoryItems: {} };
}

/** The accounts of all hosts' nodes up to that time, over all their incarnations. */
export function accountsOf(
  hosts: readonly Host[],
  accounting: Accounting,
  traffic: Traffic,
  nowNs: number,
): NodeAccounts {
  const accounts = emptyAccounts(hosts.length);
  const times = new Float64Array(TIME_FIGURES.length);
  for (const { self, jobs, flops, processor, ledger } of hosts) {
    accounting.readTimes(self, nowNs, times);
    writeTimes(accounts, self, times);
    accounts.jobs[self] = jobs;
    accounts.flops[self] = flops;
    accounts.memoryBoundJobs[self] = processor.memoryBound;
    accounts.peakMemoryBytes[self] = ledger.peakBytes;
    writeItems(accounts, self, ledger.peaks());
  }
  for (const figure of TRAFFIC_FIGURES) accounts[figure].set(traffic[figure]);
  return accounts;
}

/** Writes a node's times, in the order of NODE_STATES. */
export function writeTimes(accounts: NodeAccounts, node: NodeId, times: Float64Array): void {
  for (let state = 0; state < times.length; state++)
    accounts[TIME_FIGURES[state]][node] = times[state];
}

/** Writes a node's peak bytes of each item. */
export function writeItems(
  { memoryItems, count }: NodeAccounts,
  node: NodeId,
  peaks: Readonly<Record<string, number>>,
): void {
  for (const item of Object.keys(peaks))
    (memoryItems[item] ??= new Float64Array(count))[node] = peaks[item];
}

/** The account of one node. */
export function accountOf(accounts: NodeAccounts, node: NodeId): NodeAccount {
  const memoryItems: Record<string, number> = {};
  for (const [item, peaks] of Object.entries(accounts.memoryItems))
    if (peaks[node] > 0) memoryItems[item] = peaks[node];
  return { node, ...rowOf(accounts, NODE_FIGURES, node), memoryItems };
}

/** The accounts of all nodes, one after the other. */
export function* eachAccount(accounts: NodeAccounts): Generator<NodeAccount> {
  for (let node = 0; node < accounts.count; node++) yield accountOf(accounts, node);
}
