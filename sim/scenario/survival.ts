/** Faults that a protocol does not survive: warnings before the run, and the end of the run when one happens. */
import type { FaultKind } from '../../engine/faults/fault-rule.ts';
import type { Observer } from '../../engine/observer.ts';
import type { RunFailure } from '../../engine/result.ts';
import { formatSeconds } from '../../engine/format.ts';
import { chosen } from './chosen.ts';
import { faultText } from './fault-text.ts';
import type { ResolvedFault, ResolvedProtocol, ResolvedScenario } from './resolved.ts';

/** A trace holds only crashes. */
function kindOf(fault: ResolvedFault): FaultKind {
  return 'trace' in fault ? 'crash' : fault.kind;
}

function endsBy(protocol: ResolvedProtocol, kind: FaultKind): boolean {
  const { definition, options } = chosen(protocol);
  return definition.survives(options)[kind] === 'ends';
}

/** Whether the fault separates nodes for ever. */
function partsForGood(fault: ResolvedFault): boolean {
  if ('trace' in fault) return false;
  return (fault.kind === 'cut' || fault.kind === 'partition') && fault.for === undefined;
}

/** Whether nodes need messages of each other, and wait where they cannot get them. */
function waitsForMessages(protocol: ResolvedProtocol, kind: FaultKind): boolean {
  const { definition, options } = chosen(protocol);
  const talks = definition.uses['cluster.network'] !== undefined;
  return talks && definition.survives(options)[kind] === 'waits';
}

/** A sentence for each fault that a protocol does not survive. */
export function survivalWarnings(scenario: ResolvedScenario): string[] {
  return [...endings(scenario), ...endlessWaits(scenario)];
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
