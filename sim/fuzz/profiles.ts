/** The protocols that are fuzzed, and how: those whose definitions have a profile. */
import type { FuzzProfile } from '../../models/claims/fuzz-profile.ts';
import { PROTOCOLS, protocolOf } from '../../models/protocols/registry.ts';

/** Used when none is named. Their order decides what a seed draws. */
export const FUZZED_PROTOCOLS: readonly string[] = PROTOCOLS.filter(({ fuzz }) => fuzz).map(
  ({ kind }) => kind,
);

/** @throws for a protocol that is not fuzzed */
export function profileOf(kind: string): FuzzProfile {
  const profile = protocolOf(kind)?.fuzz;
  if (!profile) throw new Error(`the fuzzer knows nothing of '${kind}'`);
  return profile;
}
