/** Data parallel by all-reduce as the rest of the program knows it. */
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { NodeId, World } from '../../../engine/world.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment, WatchedWork } from '../../spec/assignment.ts';
import { GOES_ON_WITHOUT, isRejoined } from '../../survival.ts';
import { shareSizes } from '../../learning/shares.ts';
import { placesIn } from '../../collectives/ring-places.ts';
import { AllReduceNode } from './all-reduce-node.ts';
import { fuzzedAllReduce } from './fuzz.ts';
import type { TrainingMessage } from './messages.ts';
import { allReduceOptions, type AllReduceOptions } from './options.ts';
import { AllReduceWork } from './work.ts';

function plan(assignment: Assignment, options: AllReduceOptions): Plan<'worker'> {
  const { hosts, training } = assignment;
  const nodes = hosts.length;
  if (nodes > training.batch)
    throw new ScenarioError(
      'training.batch',
      `a batch of ${training.batch} leaves some of ${nodes} nodes without a sample; at least ${nodes} would be right`,
    );
  if (nodes % options.groups !== 0)
    throw new ScenarioError(
      'protocol.groups',
      `${options.groups} groups of ${nodes} nodes are not equally large; a divisor of ${nodes} would be right`,
    );
  const work = new AllReduceWork(assignment, options);
  return {
    roles: hosts.map(() => 'worker'),
    createNode: (world) => new AllReduceNode(world as World<TrainingMessage>, work),
  };
}

/** Neighbours on the rings; once one is lost the next on the ring of all, where groups are not equally large any more. */
function* watches({ hosts }: WatchedWork, { groups }: AllReduceOptions): Generator<WatchedPair> {
  const nodes = hosts.map((_, node) => node);
  const seen = new Set<number>();
  const isNew = (one: NodeId, other: NodeId): boolean => {
    const pair = Math.min(one, other) * nodes.length + Math.max(one, other);
    return one !== other && !seen.has(pair) && seen.add(pair).has(pair);
  };
  for (const one of nodes)
    for (const { next } of placesIn(nodes, groups, one))
      if (isNew(one, next)) yield { one, other: next, since: 'start' };
  for (const one of nodes)
    for (const distance of [1, 2]) {
      const other = (one + distance) % nodes.length;
      if (isNew(one, other)) yield { one, other, since: 'loss' };
    }
}

export const allReduce: ProtocolDefinition<AllReduceOptions, 'worker'> = {
  kind: 'all-reduce',
  summary:
    'data parallel: every node has the whole model, and gradients are summed over a ring of all nodes',
  options: allReduceOptions,
  watches,
  uses: { detector: 'always', disk: 'with faults', 'cluster.network': 'always' },
  timing: () => 'membership',
  survives: (_, crash) => {
    const isLeft = crash.nodes > 1 && isRejoined(crash);
    return { ...GOES_ON_WITHOUT, crash: isLeft ? 'repairs' : 'fails' };
  },
  reference: () => null,
  copies: (_, nodes) => nodes,
  passSamples: (batch, _, nodes) => shareSizes(batch, nodes),
  fuzz: fuzzedAllReduce,
  plan,
};
