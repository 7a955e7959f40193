/** Faults that a protocol does not survive: warnings before the run, and the end of the run when one happens. */
import type { FaultKind } from '../../engine/faults/fault-rule.ts';
import { type CrashSetting, MENDABLE_CRASH, type Survival } from '../../models/survival.ts';
import type { Observer } from '../../engine/observer.ts';
import type { RunFailure } from '../../engine/result.ts';
import { formatSeconds } from '../../engine/format.ts';
import { chosen } from './chosen.ts';
import { hostsAmong } from './fault-consistency.ts';
import { faultText } from './fault-text.ts';
import type { ResolvedFault, ResolvedProtocol, ResolvedScenario } from './resolved.ts';

/** A trace holds only crashes. */
function kindOf(fault: ResolvedFault): FaultKind {
  return 'trace' in fault ? 'crash' : fault.kind;
}

/** What becomes of the run of a protocol after a fault of that kind. Of crashes it tells more than 'ends' by the setting. */
function fateOf(protocol: ResolvedProtocol, kind: FaultKind, crash = MENDABLE_CRASH): Survival {
  const { definition, options } = chosen(protocol);
  return definition.survives(options, crash)[kind];
}

function endsBy(protocol: ResolvedProtocol, kind: FaultKind): boolean {
  return fateOf(protocol, kind) === 'ends';
}

/** Whether the fault separates nodes for ever. */
function partsForGood(fault: ResolvedFault): boolean {
  if ('trace' in fault) return false;
  return (fault.kind === 'cut' || fault.kind === 'partition') && fault.for === undefined;
}

/** Whether nodes need messages of each other, and wait where they cannot get them. */
function waitsForMessages(protocol: ResolvedProtocol, kind: FaultKind): boolean {
  const talks = chosen(protocol).definition.uses['cluster.network'] !== undefined;
  return talks && fateOf(protocol, kind) === 'waits';
}

/** A sentence for each fault that a protocol does not survive. */
export function survivalWarnings(scenario: ResolvedScenario): string[] {
  return [...endings(scenario), ...failings(scenario), ...endlessWaits(scenario)];
}

function endlessWaits({ faults, protocol }: ResolvedScenario): string[] {
  return faults.flatMap((fault, index) => {
    if (!partsForGood(fault)) return [];
    const waiting = protocol.filter((each) => waitsForMessages(each, kindOf(fault)));
    if (waiting.length === 0) return [];
    const labels = waiting.map(({ label }) => label).join(', ');
    return [
      `faults[${index}] (${faultText(fault)}) is never over, and under ${labels} whoever it parts waits until it is; ` +
        'a time in for would be right',
    ];
  });
}

function endings({ faults, protocol }: ResolvedScenario): string[] {
  return faults.flatMap((fault, index) => {
    const kind = kindOf(fault);
    const labels = protocol.filter((each) => endsBy(each, kind)).map(({ label }) => label);
    if (labels.length === 0) return [];
    return [
      `faults[${index}] (${faultText(fault)}) ends the run of ${labels.join(', ')}: ` +
        `no ${kind} is survived there; a protocol that repairs or restarts would be right`,
    ];
  });
}

/** The crashes of a fault, each once as far as their fate can differ. */
function crashesOf(fault: ResolvedFault, scenario: ResolvedScenario): CrashSetting[] {
  const { nodes } = scenario.cluster;
  const common = { nodes, checkpoints: scenario.checkpoint !== undefined };
  if ('trace' in fault) {
    const lives = new Map<string, CrashSetting>();
    const later = new Set<number>();
    for (const { node, event } of fault.trace.toReversed()) {
      const returns = later.has(node);
      later.add(node);
      if (event === 'crash') lives.set(`${node} ${returns}`, { ...common, struck: node, returns });
    }
    return [...lives.values()];
  }
  if (fault.kind !== 'crash') return [];
  const returns = fault.for !== undefined;
  if (fault.role !== undefined) return [{ ...common, struck: fault.role, returns }];
  return hostsAmong(fault, scenario.cluster).map((node) => ({ ...common, struck: node, returns }));
}

/** What would let these protocols survive each of the crashes, the least first. */
function remedyOf(protocols: ResolvedProtocol[], crashes: readonly CrashSetting[]): string {
  const isEnough = (change: Partial<CrashSetting>) =>
    crashes.every((crash) =>
      protocols.every((each) => fateOf(each, 'crash', { ...crash, ...change }) !== 'fails'),
    );
  if (isEnough({ checkpoints: true })) return 'a checkpoint';
  if (isEnough({ returns: true })) return 'its return';
  return isEnough({ checkpoints: true, returns: true })
    ? 'its return, and a checkpoint'
    : 'another node, or a protocol whose nodes keep copies';
}

/** Crashes of which one alone is more than a protocol can make up for. */
function failings(scenario: ResolvedScenario): string[] {
  return scenario.faults.flatMap((fault, index) => {
    const crashes = crashesOf(fault, scenario);
    const failing = scenario.protocol.filter((each) =>
      crashes.some((crash) => fateOf(each, 'crash', crash) === 'fails'),
    );
    if (failing.length === 0) return [];
    const labels = failing.map(({ label }) => label).join(', ');
    return [
      `faults[${index}] (${faultText(fault)}) would fail the run of ${labels}, where one node that is lost ` +
        `cannot be made up for; ${remedyOf(failing, crashes)} would be right`,
    ];
  });
}

/** Ends the run with the reason as soon as a fault hits that the protocol does not survive. */
export function endingFaults(
  protocol: ResolvedProtocol,
  fail: (failure: RunFailure) => void,
): Observer {
  return {
    faultBegan({ kind, nodes, timeNs }) {
      if (nodes.length === 0 || !endsBy(protocol, kind)) return;
      const whom = nodes.length === 1 ? `node ${nodes[0]}` : `nodes ${nodes.join(', ')}`;
      const message = `a ${kind} has struck ${whom} at ${formatSeconds(timeNs / 1e9)}, and no ${kind} is survived here`;
      fail({ kind: 'given-up', message, node: nodes[0] });
    },
  };
}
