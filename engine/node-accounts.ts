/**
 * Draws up the books of nodes from all who keep a part of them, and reads them node by node. A run of a million nodes has
 * one table of columns; a row is put together only for whoever looks at it.
 */
import type { Accounting } from './accounting.ts';
import { emptyColumns, rowOf } from './columns.ts';
import type { Host } from './host.ts';
import { NODE_FIGURES, TIME_FIGURES, TRAFFIC_FIGURES } from './result.ts';
import type { NodeAccounts, Traffic } from './result.ts';
import type { NodeId } from './world.ts';

/** One node's books. The five times sum to the run's time exactly. */
export type NodeAccount = { readonly node: NodeId } & Record<
  (typeof NODE_FIGURES)[number],
  number
> & {
    /** Peak bytes of each item of the memory ledger that it held. */
    memoryItems: Record<string, number>;
  };

/** The accounts of that many nodes that have done nothing. */
export function emptyAccounts(nodeCount: number): NodeAccounts {
  return { count: nodeCount, ...emptyColumns(NODE_FIGURES, nodeCount), memoryItems: {} };
}

/** The accounts of all hosts' nodes up to that time, over all their lives. */
export function accountsOf(
  hosts: readonly Host[],
  accounting: Accounting,
  traffic: Traffic,
  nowNs: number,
): NodeAccounts {
  const accounts = emptyAccounts(hosts.length);
  const times = new Float64Array(TIME_FIGURES.length);
  for (const { self, jobs, flops, ledger } of hosts) {
    accounting.readTimes(self, nowNs, times);
    enterTimes(accounts, self, times);
    accounts.jobs[self] = jobs;
    accounts.flops[self] = flops;
    accounts.peakMemoryBytes[self] = ledger.peakBytes;
    enterItems(accounts, self, ledger.peaks());
  }
  for (const figure of TRAFFIC_FIGURES) accounts[figure].set(traffic[figure]);
  return accounts;
}

/** Enters a node's times, in the order of NODE_STATES. */
export function enterTimes(accounts: NodeAccounts, node: NodeId, times: Float64Array): void {
  for (let state = 0; state < times.length; state++)
    accounts[TIME_FIGURES[state]][node] = times[state];
}

/** Enters a node's peak bytes of each item. */
export function enterItems(
  { memoryItems, count }: NodeAccounts,
  node: NodeId,
  peaks: Readonly<Record<string, number>>,
): void {
  for (const item of Object.keys(peaks))
    (memoryItems[item] ??= new Float64Array(count))[node] = peaks[item];
}

/** The books of one node. */
export function accountOf(accounts: NodeAccounts, node: NodeId): NodeAccount {
  const memoryItems: Record<string, number> = {};
  for (const [item, peaks] of Object.entries(accounts.memoryItems))
    if (peaks[node] > 0) memoryItems[item] = peaks[node];
  return { node, ...rowOf(accounts, NODE_FIGURES, node), memoryItems };
}

/** The books of all nodes, one after the other. */
export function* eachAccount(accounts: NodeAccounts): Generator<NodeAccount> {
  for (let node = 0; node < accounts.count; node++) yield accountOf(accounts, node);
}
