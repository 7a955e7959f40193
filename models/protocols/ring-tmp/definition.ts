/** RingTMP as the rest of the program knows it. */
import type { Node, World } from '../../../engine/world.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { refuseTooLittleMemory, refuseWrongStages } from '../../pipeline/checks.ts';
import { restarting } from '../../restart/restarting.ts';
import type { Plan, ProtocolDefinition } from '../../protocol.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { fateWithoutCopy, GOES_ON_WITHOUT, isRejoined, restartsAsOne } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { refuseUnbalanced, withViews } from './balance/refusals.ts';
import { fuzzedRing } from './fuzz.ts';
import type { RingMessage } from './messages.ts';
import { watches } from './neighbours.ts';
import { hasCopies, lapsOf, repairs, ringOptions, type RingOptions } from './options.ts';
import { ResilientNode } from './recovery/resilient-node.ts';
import {
  refuseSenseless,
  refuseSenselessCooling,
  refuseSharedNodes,
  refuseTooLargeStash,
  refuseUnevenRings,
  refuseUnevenRounds,
} from './refusals.ts';
import { ringCount } from './layout/ring-count.ts';
import { FROM_SEED, RingNode, type RingRestart, type RingState } from './ring-node.ts';
import { RingWork } from './ring-work.ts';
import type { RotationMessage } from './rotation/rotation-messages.ts';
import { RotationNode } from './rotation/rotation-node.ts';

/** Modes whose weights do not depend on timing, by the sequential run that ends with the same. */
const referenceOf = {
  sync: sequential(),
  '2bw': sequential(1, 'ascending', 1),
  stash: null,
  bounded: null,
};

/** All nodes play the same part. */
export type RingRole = 'stage';

function plan(given: Assignment, options: RingOptions): Plan<RingRole> {
  refuseUnbalanced(options, given);
  const assignment = withViews(given, options);
  const { hosts, model } = assignment;
  refuseSenseless(options);
  refuseSenselessCooling(options, assignment);
  const rings = ringCount(options, assignment);
  refuseUnevenRings(rings, assignment);
  const length = hosts.length / rings;
  const stages = length * lapsOf(options);
  const line = lineOf(model, stages);
  refuseWrongStages(line, stages, length);
  if (options.variant === 'relay') refuseSharedNodes(line, length);
  if (options.variant === 'rotation') refuseUnevenRounds(assignment);
  const work = new RingWork(assignment, options, line);
  refuseTooLittleMemory(work);
  refuseTooLargeStash(work);
  return {
    roles: hosts.map(() => 'stage'),
    places: hosts.map((_, node) => node % length),
    createNode(world) {
      if (assignment.detector === null) return trainingNode(world, work, FROM_SEED);
      return repairs(options) ? new ResilientNode(world, work) : restartingNode(world, work);
    },
  };
}

/** The node where all go back to a checkpoint together. */
function restartingNode(world: World, work: RingWork): Node {
  const { assignment, nodeCount, mode } = work;
  return restarting<RingState>(world, {
    ...{ assignment, members: nodeCount, parts: work.firstParts(world.self) },
    delays: mode.delays,
    create: (own, beginning, keep) => trainingNode(own, work, { beginning, keep }),
  });
}

/** A node that knows nothing of failures. */
function trainingNode(world: World, work: RingWork, restart: RingRestart): Node {
  return work.rotates
    ? new RotationNode(world as World<RotationMessage>, work, restart)
    : new RingNode(world as World<RingMessage>, work, restart);
}

export const ringTmp: ProtocolDefinition<RingOptions, RingRole> = {
  kind: 'ring-tmp',
  summary: 'the model cut over a ring of nodes, trained in lock-step or without a flush (RingTMP)',
  options: ringOptions,
  watches,
  uses: {
    'model.layers.carryElements': 'always',
    'model.layers.splits': 'always',
    'model.bounds': 'always',
    'training.microBatches': 'always',
    checkpoint: 'with faults',
    detector: 'always',
    disk: 'with faults',
    'cluster.network': 'always',
  },
  timing: ({ mode }) => (referenceOf[mode] === null ? 'dependent' : 'independent'),
  survives(options, crash) {
    if (!repairs(options)) return restartsAsOne(crash);
    if (!hasCopies(options)) return { ...GOES_ON_WITHOUT, crash: fateWithoutCopy(crash) };
    return { ...GOES_ON_WITHOUT, crash: isRejoined(crash) ? 'repairs' : 'fails' };
  },
  // A relay sums the gradient of a layer's inputs in parts, one a node; which updates are left out is decided on the way.
  reference({ mode, variant, cooling, rings = 1 }) {
    if (variant === 'relay' || cooling !== undefined) return null;
    return rings === 1 ? referenceOf[mode] : rings === 'auto' ? null : sequential(rings, 'round');
  },
  copies: ({ rings }) => (typeof rings === 'number' ? rings : 1),
  fitted: (options, work) =>
    options.variant === 'torus' ? { ...options, rings: ringCount(options, work()) } : options,
  label: ({ kind, mode, variant, rings, laps, staleness, cooling, balance }) =>
    [
      kind,
      ...(mode === 'sync' ? [] : [mode === 'bounded' ? `bounded-${staleness ?? 1}` : mode]),
      ...(variant === 'relay' || variant === 'rotation' ? [variant] : []),
      ...(variant === 'laps' ? [`laps-${laps ?? 2}`] : []),
      ...(cooling === undefined ? [] : ['cooling']),
      ...(balance === undefined ? [] : ['balance']),
      ...(variant === 'torus' ? [`torus-${rings ?? 'auto'}`] : []),
    ].join('/'),
  fuzz: fuzzedRing,
  plan,
};
