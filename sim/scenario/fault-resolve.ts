/** Resolves the faults of a scenario: fills defaults, reads traces and sorts them. */
import type { TimedFault } from '../../scenarios/fault.ts';
import { orderTrace, readTrace } from './fault-trace.ts';
import type { ResolvedFault } from './resolved.ts';
import type { ParsedScenario } from './schema/schema.ts';
import type { QuantityParser } from './schema/units.ts';

type ParsedFault = ParsedScenario['faults'][number];

/**
 * The resolved faults.
 * @param folder where trace files are
 * @throws BadInput when a trace cannot be read, or does not fit the cluster
 */
export async function resolveFaults(
  { faults, cluster }: ParsedScenario,
  folder: string,
  parse: QuantityParser,
): Promise<ResolvedFault[]> {
  const resolved: ResolvedFault[] = [];
  for (const [index, fault] of faults.entries())
    resolved.push(
      'trace' in fault
        ? await resolveTrace(fault.trace, `faults[${index}].trace`, cluster.nodes, folder, parse)
        : withDefaults(fault),
    );
  return resolved;
}

async function resolveTrace(
  trace: Extract<ParsedFault, { trace: unknown }>['trace'],
  path: string,
  nodes: number,
  folder: string,
  parse: QuantityParser,
): Promise<ResolvedFault> {
  const rows =
    typeof trace === 'string'
      ? await readTrace(path, trace, folder, parse)
      : trace.map((row, at) => ({ row, place: `${path}[${at}]` }));
  return { trace: orderTrace(rows, nodes) };
}

/**
 * Adds the defaults that go with `every` and `between`. Without those fields they would mean nothing, and are left
 * out. Fields keep the order of the schema, so that a resolved fault resolves to the same text.
 */
function withDefaults(fault: Exclude<ParsedFault, { trace: unknown }>): TimedFault<number> {
  const oneWay = 'oneWay' in fault ? fault.oneWay : undefined;
  const beside: Record<string, [string, unknown][]> = {
    every: [
      ['shape', fault.shape ?? 1],
      ['from', fault.from ?? 0],
    ],
    between: [['oneWay', oneWay ?? false]],
  };
  const filled = Object.entries(fault).flatMap(([name, value]) => [
    [name, value] as const,
    ...(beside[name] ?? []),
  ]);
  return Object.fromEntries(filled) as unknown as TimedFault<number>;
}
