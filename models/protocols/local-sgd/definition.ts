/** The definition of local SGD (Stich, ICLR 2019). */
import { formatCounted } from '../../../engine/format.ts';
import type { World } from '../../../engine/world.ts';
import type { MeanMessage } from '../../collectives/pairwise-mean.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { wholeModelCosts } from '../../costs/whole-model-costs.ts';
import { shareOf, shareSizes } from '../../learning/shares.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { WAITS_FOR_ALL } from '../../survival.ts';
import { fuzzedLocalSgd } from './fuzz.ts';
import { LocalLearner, type LocalWork } from './local-learner.ts';
import { LocalSgdNode } from './local-sgd-node.ts';
import { localSgdOptions, type LocalSgdOptions } from './options.ts';

function plan(assignment: Assignment, { localSteps, outer }: LocalSgdOptions): Plan<'worker'> {
  const { data, hosts, model, seed, training } = assignment;
  const workers = hosts.length;
  if (workers > training.batch)
    throw new ScenarioError(
      'training.batch',
      `a batch of ${training.batch} leaves some of ${formatCounted(workers, 'worker')} without a sample; at least ${workers} would be right`,
    );
  const costs = wholeModelCosts(lineOf(model, 1), training);
  const isExact = training.numerics === 'exact' && model.kind === 'mlp' && data !== null;
  const work: LocalWork | null = isExact
    ? { model, training, data, seed, workers, localSteps, outer }
    : null;
  return {
    roles: hosts.map(() => 'worker'),
    createNode(world) {
      const { low, high } = shareOf(training.batch, workers, world.self);
      const learner = work && new LocalLearner(work, world.self);
      const samples = high - low;
      const settings = { workers, localSteps, outer, samples, training, costs, learner };
      return new LocalSgdNode(world as World<MeanMessage>, settings);
    },
  };
}

export const localSgd: ProtocolDefinition<LocalSgdOptions, 'worker'> = {
  kind: 'local-sgd',
  summary: 'every node trains alone for some steps, then all average their weights (local SGD)',
  options: localSgdOptions,
  uses: { 'cluster.network': 'always' },
  watches: () => [],
  timing: () => 'independent',
  survives: () => ({ ...WAITS_FOR_ALL, crash: 'ends' }),
  reference: () => null,
  copies: (_, nodes) => nodes,
  passSamples: (batch, _, nodes) => shareSizes(batch, nodes),
  fuzz: fuzzedLocalSgd,
  plan,
};
