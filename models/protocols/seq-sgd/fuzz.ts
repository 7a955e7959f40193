/** How sequential SGD is fuzzed. */
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';

export const fuzzedSequential: FuzzProfile = {
  alone: 0.5,
  drawOptions: () => ({}),
  servers: () => [],
  drawTargetedFaults: () => null,
  recovery: [],
  // Only the trainer is needed, and its state is nowhere else.
  promised: { goesOn: (_evidence, _members, out) => !out.has(0), proves: () => true },
  claims: [],
};
