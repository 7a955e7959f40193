/** RingTMP as the fuzzer knows it. */
import { Chance } from '../../claims/chance.ts';
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import { ofRepairs, PROMISED_BY_MODE } from './checks/by-mode.ts';
import { busyIsKept } from './checks/busy-is-kept.ts';
import { RESTART_FUZZ } from '../../restart/fuzz.ts';
import { checkpointServes } from './checks/checkpoint-serves.ts';
import { drawKnot } from './checks/draw-knot.ts';
import { drawSides } from './checks/draw-sides.ts';
import { goesBackLittle } from './checks/goes-back-little.ts';
import { gradientsOnce } from './checks/gradients-once.ts';
import { modeVersions } from './checks/mode-versions.ts';
import { oneHistory } from './checks/one-history.ts';
import { oneOwner } from './checks/one-owner.ts';
import { oneSideCommits } from './checks/one-side-commits.ts';
import { oneVersion } from './checks/one-version.ts';
import { ackAfterCopy, replicasFollow } from './checks/replicas-follow.ts';
import { versionsClose } from './checks/versions-close.ts';

/** What goes on at once needs no credits, and nothing is repaired from copies. */
const RELAY = { variant: 'relay', credits: undefined, replicas: 0 };

/** Their order is written down, and nothing is repaired from copies. */
const LAPS = { variant: 'laps', window: 'time', credits: undefined, replicas: 0 };

/** Every node keeps as many micro-batches, and the order is written down. */
const ROTATION = { ...LAPS, variant: 'rotation', recompute: 'none' };

/** Models are drawn with up to so many layers, each of which a relay needs a node for. */
const MOST_LAYERS = 3;

/** A mode without a flush. Nothing is repaired from copies there. */
const drawMode = (chance: Chance, nodes: number) => {
  const mode = chance.one(['2bw', '2bw', 'stash', 'bounded'] as const);
  const staleness = mode === 'bounded' ? { staleness: chance.whole(0, 4) } : {};
  const variant = nodes >= MOST_LAYERS && chance.often(0.2) ? RELAY : {};
  return { mode, replicas: 0, ...staleness, ...variant };
};

/** By loads of few iterations, and for any gain: runs are short. */
const drawBalance = (chance: Chance) => ({
  balance: { every: chance.whole(1, 3), threshold: chance.one([1e-6, 0.05]) },
});

/** Sometimes several rings, whose segments are their own copies. */
const drawVariant = (chance: Chance, nodes: number, microBatches: number) => {
  if (chance.often(0.25)) {
    if (microBatches % nodes === 0 && chance.often(0.5)) return ROTATION;
    return nodes < MOST_LAYERS || chance.often(0.5) ? LAPS : RELAY;
  }
  const fits = (rings: number) => nodes % rings === 0 && microBatches % rings === 0;
  const rings = chance.one([1, ...[2, 3, 4, 6].filter(fits)]);
  if (rings === 1 || chance.often(0.3)) return chance.often(0.3) ? drawBalance(chance) : {};
  return { variant: 'torus', rings, replicas: 0 };
};

export const fuzzedRing: FuzzProfile = {
  alone: 0.06,
  chunks: 2,
  drawOptions: (chance, nodes, microBatches) => ({
    replicas: chance.one([0, 1, 1, 1, 2, 2, 3].filter((replicas) => replicas < nodes)),
    ...(chance.often(0.3) ? { window: 'memory' } : {}),
    ...(chance.often(0.2) ? { credits: chance.whole(1, 4) } : {}),
    ...(chance.often(0.3) ? { recompute: chance.one(['all', 'except-last'] as const) } : {}),
    ...(chance.often(0.3) ? drawMode(chance, nodes) : drawVariant(chance, nodes, microBatches)),
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
  promised: PROMISED_BY_MODE,
  claims: [
    checkpointServes,
    modeVersions,
    oneOwner,
    ...[oneVersion, versionsClose, gradientsOnce, oneSideCommits].map(ofRepairs),
    ...[oneHistory, goesBackLittle, replicasFollow, ackAfterCopy, busyIsKept].map(ofRepairs),
    ...RESTART_FUZZ.claims,
  ],
};
