/** Connections the dumb way: queues of plain objects, and all rates from scratch at every event. An oracle. */
import { progressiveFilling } from '../../../../engine/network/fair/progressive-filling.ts';
import type { Topology } from '../../../../engine/network/topology.ts';

export interface Sending {
  readonly atNs: number;
  readonly source: number;
  readonly target: number;
  readonly bytes: number;
  readonly latencyFactor: number;
}

interface Waiting {
  readonly number: number;
  readonly entryNs: number;
  readonly links: number[];
  left: number;
}

/** When each of the transfers ends, in order of sending; by pair of nodes first in, first out. */
export function slowEnds(topology: Topology, sendings: readonly Sending[]): number[] {
  const links = Array.from({ length: topology.linkCount }, (_, index) => topology.link(index));
  const capacities = links.map(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond / 1e9);
  const queues = new Map<string, Waiting[]>();
  sendings.forEach(({ atNs, source, target, bytes, latencyFactor }, number) => {
    const route = new Int32Array(topology.longestRoute);
    const hops = topology.route(source, target, route);
    const taken = [...route.subarray(0, hops)];
    const latencyNs = taken.reduce((sum, link) => sum + links[link].latencyNs, 0);
    const entryNs = atNs + Math.ceil(latencyNs * latencyFactor);
    const queue = queues.get(`${source} ${target}`) ?? [];
    queues.set(`${source} ${target}`, queue);
    queue.push({ number, entryNs, links: taken, left: bytes });
  });
  const ends = sendings.map(() => -1);
  for (let now = 0; ;) {
    const firsts = [...queues.values()].flatMap((queue) => queue.slice(0, 1));
    if (firsts.length === 0) return ends;
    const active = firsts.filter(({ entryNs }) => entryNs <= now);
    const rates = progressiveFilling(capacities, active);
    const finishes = active.map(({ left }, at) => now + left / rates[at]);
    const entries = firsts.map(({ entryNs }) => entryNs).filter((entryNs) => entryNs > now);
    const next = Math.min(...finishes, ...entries);
    active.forEach((transfer, at) => (transfer.left -= rates[at] * (next - now)));
    now = next;
    active.forEach(({ number, left }, at) => {
      if (left > 1e-6 * rates[at]) return;
      ends[number] = now;
      for (const queue of queues.values()) if (queue[0]?.number === number) queue.shift();
    });
  }
}
