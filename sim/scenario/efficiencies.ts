/** What hosts may say of their efficiency, and whether it changes anything. */
import { efficiencyRows } from '../hardware.ts';
import type { ResolvedHost, ResolvedScenario } from './resolved.ts';

function kindsOf({ cluster }: ResolvedScenario): [string, ResolvedHost][] {
  if (cluster.host) return [['cluster.host', cluster.host]];
  return (cluster.hosts ?? []).map((host, index) => [`cluster.hosts[${index}]`, host]);
}

/** A sentence for the first host that gives two efficiencies for one number of samples; null if none does. */
export function wrongEfficiency(scenario: ResolvedScenario): string | null {
  for (const [path, { efficiency }] of kindsOf(scenario)) {
    if (!Array.isArray(efficiency)) continue;
    const seen = new Set<number>();
    for (const [index, { samples }] of efficiency.entries()) {
      if (seen.has(samples))
        return `${path}.efficiency[${index}].samples is ${samples}, as in a row before it; each number of samples once would be right`;
      seen.add(samples);
    }
  }
  return null;
}

/** A sentence for each host whose efficiency changes nothing. */
export function hostWarnings(scenario: ResolvedScenario): string[] {
  return kindsOf(scenario).flatMap(([path, { efficiency }]) =>
    efficiencyRows(efficiency)?.every((row) => row.efficiency === 1)
      ? [`${path}.efficiency is 1, which changes nothing`]
      : [],
  );
}

/** A sentence where nodes share machines and yet never wait for a core. */
export function machineWarnings({ cluster }: ResolvedScenario): string[] {
  const { nodes, machines } = cluster;
  if (machines === undefined || machines.cores < Math.min(machines.nodes, nodes)) return [];
  return ['cluster.machines has no effect: no machine has more nodes than cores'];
}
