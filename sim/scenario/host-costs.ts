/** What hosts may say of their efficiency and their memory bandwidth, and whether it changes anything. */
import { speedAt } from '../../engine/cost.ts';
import { protocolOf } from '../../models/protocols/registry.ts';
import { parameterCosts } from '../../models/spec/parameter-costs.ts';
import { trainingOf } from '../training.ts';
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

/** A sentence for each field of a host that changes nothing. */
export function hostWarnings(scenario: ResolvedScenario): string[] {
  const each = parameterCosts(trainingOf(scenario.training));
  const sums = scenario.protocol.map(
    ({ kind }) => protocolOf(kind)?.sumTraffic?.(each, scenario.cluster.nodes) ?? 0,
  );
  const bytesPerFlop = Math.max(each.updateTraffic / each.updateFlops, ...sums);
  return kindsOf(scenario).flatMap(([path, host]) => {
    const warnings: string[] = [];
    const rows = efficiencyRows(host.efficiency);
    if (rows?.every(({ efficiency }) => efficiency === 1))
      warnings.push(`${path}.efficiency is 1, which changes nothing`);
    const { memoryBandwidth, speed } = host;
    const spec = {
      speedFlopsPerSecond: speed,
      memoryBytes: 0,
      taskOverheadNs: 0,
      efficiency: rows,
    };
    if (memoryBandwidth !== undefined && memoryBandwidth >= bytesPerFlop * speedAt(spec, 0))
      warnings.push(
        `${path}.memoryBandwidth has no effect: updates and sums take at most ${bytesPerFlop} bytes an operation, which its speed does not exceed`,
      );
    return warnings;
  });
}
