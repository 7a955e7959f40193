/** Work that cannot be balanced, said before anything runs; and how nodes agree on a new cut where nothing fails. */
import type { DetectorSpec } from '../../../../engine/faults/fault-rule.ts';
import { ScenarioError } from '../../../protocol.ts';
import type { Assignment } from '../../../spec/assignment.ts';
import type { RingOptions } from '../options.ts';

/** @throws ScenarioError where a line may not be cut anew */
export function refuseUnbalanced(
  { balance, mode, variant }: RingOptions,
  { model }: Assignment,
): void {
  if (balance === undefined) return;
  const senseless = [
    [mode !== 'sync', `mode is '${mode}', which never stands still`, "mode: 'sync'"],
    [variant !== 'chain', `variant is '${variant}'`, "variant: 'chain'"],
    [model.bounds !== undefined, 'the line is cut by hand (model.bounds)', 'no model.bounds'],
  ] as const;
  for (const [isSenseless, why, right] of senseless)
    if (isSenseless)
      throw new ScenarioError(
        'protocol.balance',
        `balance is given, and ${why}; ${right}, or no such field, would be right`,
      );
}

/** Of nodes that nobody is to watch: how long they wait for each other before they try to agree again. */
const UNHURRIED: DetectorSpec = { heartbeatNs: 1e9, misses: 3 };

/** The same for nodes that change views although nothing can fail, where the options ask for that. */
export function withViews(assignment: Assignment, { balance }: RingOptions): Assignment {
  if (balance === undefined || assignment.detector !== null) return assignment;
  return { ...assignment, detector: UNHURRIED };
}
