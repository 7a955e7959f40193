/** RingTMP as the fuzzer knows it. */
import { Chance } from '../../claims/chance.ts';
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import { busyIsKept } from './checks/busy-is-kept.ts';
import { checkpointServes } from './checks/checkpoint-serves.ts';
import { drawKnot } from './checks/draw-knot.ts';
import { drawSides } from './checks/draw-sides.ts';
import { goesBackLittle } from './checks/goes-back-little.ts';
import { gradientsOnce } from './checks/gradients-once.ts';
import { oneHistory } from './checks/one-history.ts';
import { oneOwner } from './checks/one-owner.ts';
import { oneSideCommits } from './checks/one-side-commits.ts';
import { oneVersion } from './checks/one-version.ts';
import { RING_PROMISED } from './checks/promised.ts';
import { ackAfterCopy, replicasFollow } from './checks/replicas-follow.ts';
import { versionsClose } from './checks/versions-close.ts';

export const fuzzedRing: FuzzProfile = {
  alone: 0.06,
  drawOptions: (chance, nodes) => ({
    replicas: chance.one([0, 1, 1, 1, 2, 2, 3].filter((replicas) => replicas < nodes)),
    ...(chance.often(0.3) ? { window: 'memory' } : {}),
    ...(chance.often(0.2) ? { credits: chance.whole(1, 4) } : {}),
    ...(chance.often(0.3) ? { recompute: chance.one(['all', 'except-last'] as const) } : {}),
  }),
  servers: () => [],
  drawTargetedFaults(seed, stage) {
    if (stage.nodes < 3) return null;
    const sides = new Chance(seed, 'sides');
    if (sides.often(0.07)) return drawSides(sides, stage);
    const knot = new Chance(seed, 'knot');
    return knot.often(0.1) ? drawKnot(knot, stage) : null;
  },
  recovery: ['PREPARE', 'PROMISE', 'INSTALL', 'HALT', 'JOIN', 'WELCOME', 'XFER', 'REPL_STATE'],
  promised: RING_PROMISED,
  claims: [
    checkpointServes,
    oneVersion,
    versionsClose,
    oneOwner,
    gradientsOnce,
    oneSideCommits,
    oneHistory,
    goesBackLittle,
    replicasFollow,
    ackAfterCopy,
    busyIsKept,
  ],
};
