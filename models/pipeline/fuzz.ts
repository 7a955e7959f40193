/** A pipeline whose schedule is written down, as the fuzzer knows it. */
import type { FuzzProfile } from '../claims/fuzz-profile.ts';
import { RESTART_FUZZ } from '../restart/fuzz.ts';

export const fuzzedPipeline: FuzzProfile = {
  ...RESTART_FUZZ,
  alone: 0.06,
  drawOptions: (chance) => (chance.often(0.3) ? { recompute: true } : {}),
};
