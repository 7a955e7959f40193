/** How all-reduce is fuzzed. */
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import { sameStart } from './checks/same-start.ts';
import { wholeBatches } from './checks/whole-batches.ts';

export const fuzzedAllReduce: FuzzProfile = {
  alone: 0.03,
  drawOptions(chance, nodes) {
    const groups = [1, 2, 3, 4].filter((count) => nodes % count === 0);
    return {
      groups: chance.one([1, ...groups]),
      ...(chance.often(0.5)
        ? { overlap: { bucketBytes: Math.round(chance.scale(40, 40_000)) } }
        : {}),
    };
  },
  servers: () => [],
  drawTargetedFaults: () => null,
  recovery: ['PREPARE', 'PROMISE', 'INSTALL', 'HALT', 'JOIN', 'WELCOME', 'STATE'],
  promised: {
    goesOn: (_, members, out) =>
      2 * members.filter((node) => out.has(node)).length < members.length,
  },
  claims: [wholeBatches, sameStart],
};
