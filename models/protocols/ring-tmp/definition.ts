/** RingTMP-sync as the rest of the program knows it. */
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { World } from '../../../engine/world.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { refuseTooLittleMemory, refuseTooManyStages } from '../../pipeline/checks.ts';
import type { Plan, ProtocolDefinition } from '../../protocol.ts';
import type { Assignment, WatchedWork } from '../../spec/assignment.ts';
import { GOES_ON_WITHOUT } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { fuzzedRing } from './fuzz.ts';
import type { RingMessage } from './messages.ts';
import { ringOptions, type RingOptions } from './options.ts';
import { ResilientNode } from './resilient-node.ts';
import { RingNode } from './ring-node.ts';
import { RingWork } from './ring-work.ts';

/** All nodes play the same part. */
export type RingRole = 'stage';

function plan(assignment: Assignment, options: RingOptions): Plan<RingRole> {
  const { hosts, model } = assignment;
  const line = lineOf(model, hosts.length);
  refuseTooManyStages(line, hosts.length);
  const work = new RingWork(assignment, options, line);
  refuseTooLittleMemory(work);
  return {
    roles: hosts.map(() => 'stage'),
    createNode: (world) =>
      assignment.detector === null
        ? new RingNode(world as World<RingMessage>, work)
        : new ResilientNode(world, work),
  };
}

/**
 * Neighbours, and those who become neighbours when as many nodes in a row are lost as replicas make up for, at least one.
 */
function* watches({ hosts }: WatchedWork, { replicas }: RingOptions): Generator<WatchedPair> {
  const nodes = hosts.length;
  const farthest = Math.min(1 + Math.max(1, replicas), Math.floor(nodes / 2));
  for (let distance = 1; distance <= farthest; distance++)
    for (let one = 0; one < (2 * distance === nodes ? distance : nodes); one++)
      yield { one, other: (one + distance) % nodes, since: distance === 1 ? 'start' : 'loss' };
}

export const ringTmp: ProtocolDefinition<RingOptions, RingRole> = {
  kind: 'ring-tmp',
  summary: 'the model cut over a ring of nodes, trained in lock-step (RingTMP-sync)',
  options: ringOptions,
  watches,
  uses: {
    'model.layers.carryElements': 'always',
    'training.microBatches': 'always',
    checkpoint: 'with faults',
    detector: 'always',
    'cluster.network': 'always',
  },
  timing: () => 'independent',
  survives: ({ replicas }) => ({
    ...GOES_ON_WITHOUT,
    crash: replicas > 0 ? 'repairs' : 'restarts',
  }),
  reference: () => sequential(),
  fuzz: fuzzedRing,
  plan,
};
