/** A scenario of the fuzzer that runs in milliseconds, and the evidence of its run; tests bend them. */
import type { Scenario } from '../../../scenarios/scenario.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import type { Evidence } from '../../../models/claims/evidence.ts';
import { runCase } from '../../../sim/fuzz/run-case.ts';

export function smallScenario(kind = 'ring-tmp'): Scenario {
  return {
    name: 'small',
    cluster: {
      nodes: 4,
      host: { speed: 1e8, taskOverhead: 1e-6 },
      network: { kind: 'ring', bandwidth: 1e8, latency: 1e-6, sharing: 'fifo' },
    },
    model: { kind: 'mlp', layers: [3, 4, 3] },
    data: { kind: 'synthetic', train: 20, test: 4 },
    training: { batch: 8, microBatches: 2, iterations: 3 },
    protocol: { kind },
  };
}

/** What was seen of a run of it without faults. */
export function smallEvidence(kind?: string): Promise<Evidence> {
  return runCase(smallScenario(kind));
}

/** What a claim says of that evidence. */
export function verdictOf(claim: Claim, evidence: Evidence): string | null {
  return claim.broken(evidence, () => undefined);
}
