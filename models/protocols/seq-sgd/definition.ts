/** Sequential SGD on one node: the oracle for every claim of equality (PROTOCOLS section 0). */
import { lineOf } from '../../costs/cost-line.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { WAITS_FOR_ALL } from '../../survival.ts';
import { fuzzedSequential } from './fuzz.ts';
import { sequentialOptions, type SequentialOptions } from './options.ts';
import { SequentialNode } from './sequential-node.ts';
import { SpareNode } from './spare-node.ts';

/** Node 0 trains. */
export type SequentialRole = 'trainer' | 'spare';

function plan(assignment: Assignment, { shares }: SequentialOptions): Plan<SequentialRole> {
  const { batch } = assignment.training;
  if (shares > batch)
    throw new ScenarioError(
      'protocol.shares',
      `shares is ${shares}, and a batch has ${batch} samples (training.batch); at most ${batch} would be right`,
    );
  const line = lineOf(assignment.model, 1);
  return {
    roles: assignment.hosts.map((_, node) => (node === 0 ? 'trainer' : 'spare')),
    createNode: (world) =>
      world.self === 0 ? new SequentialNode(world, assignment, line, shares) : new SpareNode(),
  };
}

export const sequentialSgd: ProtocolDefinition<SequentialOptions, SequentialRole> = {
  kind: 'seq-sgd',
  summary: 'sequential SGD on one node: what the others are compared with',
  options: sequentialOptions,
  watches: () => [],
  uses: { checkpoint: 'with faults' },
  timing: () => 'independent',
  survives: () => ({ ...WAITS_FOR_ALL, crash: 'restarts' }),
  reference: () => null,
  fuzz: fuzzedSequential,
  plan,
};
