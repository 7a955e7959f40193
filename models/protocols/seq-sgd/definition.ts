/** Sequential SGD on one node: the oracle for every claim of equality (PROTOCOLS section 0). */
import { formatCounted } from '../../../engine/format.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import { restarting } from '../../restart/restarting.ts';
import { restartsAsOne, WAITS_FOR_ALL } from '../../survival.ts';
import { fuzzedSequential } from './fuzz.ts';
import { sequentialOptions, type SequentialOptions } from './options.ts';
import { SequentialNode } from './sequential-node.ts';
import { SpareNode } from './spare-node.ts';

/** Node 0 trains. */
type SequentialRole = 'trainer' | 'spare';

function plan(assignment: Assignment, sums: SequentialOptions): Plan<SequentialRole> {
  const { shares } = sums;
  const { batch } = assignment.training;
  if (shares > batch)
    throw new ScenarioError(
      'protocol.shares',
      `shares is ${shares}, and a batch has ${formatCounted(batch, 'sample')} (training.batch); at most ${batch} would be right`,
    );
  const line = lineOf(assignment.model, 1);
  return {
    roles: assignment.hosts.map((_, node) => (node === 0 ? 'trainer' : 'spare')),
    createNode(world) {
      if (world.self > 0) return new SpareNode();
      const work = { assignment, line, sums };
      return restarting<SegmentState | null>(world, {
        ...{ assignment, members: 1, parts: [{ low: 0, high: line.parameters }] },
        delays: sums.delay > 0,
        create: (own, beginning, keep) => new SequentialNode(own, work, beginning, keep),
      });
    },
  };
}

export const sequentialSgd: ProtocolDefinition<SequentialOptions, SequentialRole> = {
  kind: 'seq-sgd',
  summary: 'sequential SGD on one node: what the others are compared with',
  options: sequentialOptions,
  watches: () => [],
  uses: { checkpoint: 'with faults', disk: 'with faults' },
  timing: () => 'independent',
  survives: (_, crash) => {
    const isSpare = typeof crash.struck === 'number' ? crash.struck > 0 : crash.struck === 'spare';
    return isSpare ? { ...WAITS_FOR_ALL, crash: 'waits' } : restartsAsOne(crash);
  },
  reference: () => null,
  passSamples: (batch) => [batch],
  fuzz: fuzzedSequential,
  plan,
};
