/** Faults in words, for messages about a run. */
import type { RunResult } from '../../engine/result.ts';
import { formatSeconds } from '../../engine/format.ts';
import type { FaultScope, FaultTarget, FaultTiming, TimedFault } from '../../scenarios/fault.ts';
import type { ResolvedFault, ResolvedScenario } from './resolved.ts';

/** Whether a run may have faults: then it has a fault log. */
export function canFail({ faults, detector }: ResolvedScenario): boolean {
  return faults.length > 0 || detector !== undefined;
}

/** A fault in a few words, such as `crash of node 3 at 5 s` or `loss between nodes 0 and 1 every 10 min 00 s`. */
export function faultText(fault: ResolvedFault): string {
  if ('trace' in fault) return `trace of ${count(fault.trace.length, 'row')}`;
  return `${whatText(fault)} ${whenText(fault)}`;
}

/** A sentence for each fault rule that had no effect in a run, with the reason. */
export function idleFaultTexts(
  { faults }: ResolvedScenario,
  { idleRules, timeNs }: RunResult,
): string[] {
  const seconds = timeNs / 1e9;
  return idleRules.map((rule) => {
    const fault = faults[rule];
    return `faults[${rule}] (${faultText(fault)}) struck nothing: ${whyIdle(fault, seconds)}`;
  });
}

function whyIdle(fault: ResolvedFault, runSeconds: number): string {
  const length = timeText(runSeconds);
  const first = firstSeconds(fault);
  if (first !== null && first >= runSeconds) return `the run was over at ${length}`;
  if (strikesMessages(fault)) return 'it touched no message';
  if (!('trace' in fault) && fault.every !== undefined)
    return `no strike fell within the ${length} of the run, or none found anybody`;
  return 'nobody whom it could strike was up';
}

/** Whether it is a fault of wires, which finds its nodes whether they are up or not. */
function strikesMessages(fault: ResolvedFault): boolean {
  if ('trace' in fault) return false;
  return fault.kind !== 'crash' && fault.kind !== 'pause' && fault.kind !== 'slow';
}

/** When a fault first happens; null where chance decides. */
function firstSeconds(fault: ResolvedFault): number | null {
  if ('trace' in fault) return fault.trace[0].time;
  return fault.at ?? (fault.from ? fault.from : null);
}

function whatText(fault: TimedFault<number>): string {
  switch (fault.kind) {
    case 'crash':
      return `crash of ${targetText(fault)}${fault.disk === 'lost' ? ' and its disk' : ''}`;
    case 'pause':
      return `pause of ${targetText(fault)}`;
    case 'slow':
      return `slow-down of ${targetText(fault)}`;
    case 'partition':
      return `partition into ${count(fault.groups.length, 'group')}`;
    default:
      return `${fault.kind}${scopeText(fault)}`;
  }
}

function targetText({ node, nodes, role, rack, random, neighbours }: FaultTarget): string {
  const whom =
    node !== undefined
      ? `node ${node}`
      : nodes !== undefined
        ? `nodes ${nodes.join(', ')}`
        : role !== undefined
          ? `role '${role}'`
          : rack !== undefined
            ? `rack ${rack}`
            : '';
  const of = whom === '' ? '' : ` of ${whom}`;
  if (random !== undefined) return `${count(random, 'random node')}${of}`;
  if (neighbours !== undefined) return `${count(neighbours, 'neighbouring node')}${of}`;
  return whom;
}

function scopeText({ between, oneWay, node }: FaultScope): string {
  if (between && oneWay) return ` from node ${between[0]} to node ${between[1]}`;
  if (between) return ` between nodes ${between[0]} and ${between[1]}`;
  return node === undefined ? '' : ` around node ${node}`;
}

function whenText({ at, every }: FaultTiming<number>): string {
  return every === undefined ? `at ${timeText(at ?? 0)}` : `every ${timeText(every)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A time without trailing zeros. */
function timeText(seconds: number): string {
  return formatSeconds(seconds).replace(/^[\d.]+(?= [a-z]+$)/, (number) => `${Number(number)}`);
}
