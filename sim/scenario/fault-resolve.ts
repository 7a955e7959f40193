/** From the faults as their author wrote them to those that run: defaults filled, traces read and put in order. */
import type { TimedFault } from '../../scenarios/fault.ts';
import { orderTrace, readTrace } from './fault-trace.ts';
import type { ResolvedFault } from './resolved.ts';
import type { ParsedScenario } from './schema.ts';
import type { QuantityParser } from './units.ts';

type ParsedFault = ParsedScenario['faults'][number];

/**
 * The faults as they run.
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

/** A field that has no meaning beside the others gets no default, so that what is there was meant. */
function withDefaults(fault: Exclude<ParsedFault, { trace: unknown }>): TimedFault<number> {
  const filled = { ...fault };
  if (filled.every !== undefined) {
    filled.shape ??= 1;
    filled.from ??= 0;
  }
  if ('between' in filled && filled.between !== undefined) filled.oneWay ??= false;
  return filled;
}
