/** Judges one scenario by all its claims: what broke, and a few figures of the run. An exception is a breach too. */
import type { Scenario } from '../../scenarios/scenario.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { judgeClaims, type Breach, type Examined } from './claims.ts';
import type { Evidence } from '../../models/claims/evidence.ts';
import { isPromised } from '../../models/claims/promise.ts';
import { profileOf } from './profiles.ts';
import { runCase } from './run-case.ts';

export interface Verdict {
  readonly examined: Examined;
  readonly breaches: readonly Breach[];
  /** How the run ended; 'refused' for a scenario that cannot be run. */
  readonly outcome: string;
  /** Whether the protocol promises to survive its faults. */
  readonly promised: boolean;
  readonly faults: number;
  readonly events: number;
}

function verdictOf(evidence: Evidence): Verdict {
  const { result } = evidence.run;
  return {
    ...judgeClaims(evidence),
    outcome: result.outcome,
    promised: isPromised(evidence, profileOf(evidence.protocol.kind).promised),
    faults: evidence.faults.length,
    events: result.events,
  };
}

/** An error's message and the innermost frames of its stack. */
export function briefly(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.message, ...places.slice(0, 3).map((line) => line.trim())].join('; ');
}

/** Runs and judges a scenario. Never throws: an error is the breach of a claim of its own. */
export async function judge(scenario: Scenario): Promise<Verdict> {
  try {
    return verdictOf(await runCase(scenario));
  } catch (error) {
    const [claim, outcome] =
      error instanceof BadInput ? ['runnable', 'refused'] : ['throws-nothing', 'thrown'];
    const sentence = briefly(error);
    const nothing = { promised: false, faults: 0, events: 0, examined: {} };
    return { breaches: [{ claim, sentence }], outcome, ...nothing };
  }
}
