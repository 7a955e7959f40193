/** How local SGD is fuzzed. */
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import { inStep } from './checks/in-step.ts';

export const fuzzedLocalSgd: FuzzProfile = {
  alone: 0.1,
  drawOptions: (chance) => ({
    localSteps: chance.whole(1, 4),
    outer: chance.one(['average', 'nesterov']),
  }),
  servers: () => [],
  drawTargetedFaults: () => null,
  recovery: [],
  // Every average needs all workers.
  promised: { goesOn: (_evidence, _members, out) => out.size === 0 },
  claims: [inStep],
};
