/** How sequential SGD is fuzzed. */
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import { RESTART_FUZZ } from '../../restart/fuzz.ts';

export const fuzzedSequential: FuzzProfile = {
  ...RESTART_FUZZ,
  alone: 0.5,
  drawOptions: () => ({}),
};
