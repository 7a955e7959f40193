/**
 * What the fuzzer draws and claims of each protocol, a line each. A list of its own beside `registry.ts`, since what
 * runs a protocol, a thread a node even, has no use for what judges it.
 */
import type { FuzzProfile } from '../claims/fuzz-profile.ts';
import { fuzzedAsp, fuzzedBsp } from './parameter-server/fuzz.ts';
import { fuzzedRing } from './ring-tmp/fuzz.ts';
import { fuzzedSequential } from './seq-sgd/fuzz.ts';

/** The order decides what a seed draws. */
export const FUZZED: readonly FuzzProfile[] = [fuzzedRing, fuzzedBsp, fuzzedAsp, fuzzedSequential];

/** @throws for a protocol that is not fuzzed */
export function profileOf(kind: string): FuzzProfile {
  const profile = FUZZED.find((each) => each.kind === kind);
  if (!profile) throw new Error(`the fuzzer knows nothing of '${kind}'`);
  return profile;
}
