/**
 * The parameter server as two protocols, `ps-bsp` and `ps-asp`: who plays which part, and what is refused before
 * anything runs. Workers are nodes 0 .. N-2, the one server is the last node.
 */
import { z } from 'zod';
import type { Node, World } from '../../../engine/world.ts';
import { lineOf } from '../../cost-line.ts';
import {
  type Assignment,
  type Plan,
  type ProtocolDefinition,
  ScenarioError,
} from '../../protocol.ts';
import { AspServer } from './asp-server.ts';
import { BspServer } from './bsp-server.ts';
import { parameterServerCosts } from './costs.ts';
import { GradientLearner } from './gradient-learner.ts';
import { ServerWeights } from './server-weights.ts';
import type { ServerSettings } from './server-settings.ts';
import { shareOf } from './shares.ts';
import { Worker } from './worker.ts';

type Mode = 'bsp' | 'asp';

function checkWorkers(assignment: Assignment): number {
  const nodes = assignment.hosts.length;
  if (nodes < 2)
    throw new ScenarioError(
      'cluster.nodes',
      `a parameter server on ${nodes} node has no worker; 2 nodes (1 worker and the server) or more would be right`,
    );
  const workers = nodes - 1;
  const { batch } = assignment.training;
  if (workers > batch)
    throw new ScenarioError(
      'training.batch',
      `a batch of ${batch} leaves some of ${workers} workers without a sample; at least ${workers} would be right`,
    );
  return workers;
}

/** What really training needs; null under `numerics: 'cost'`. */
function numericsOf({ model, training, data }: Assignment) {
  if (training.numerics === 'cost') return null;
  if (model.kind !== 'mlp')
    throw new ScenarioError(
      'training.numerics',
      "a cost table cannot be trained exactly; numerics 'cost' or a model of kind 'mlp' would be right",
    );
  if (data === null)
    throw new ScenarioError(
      'data.kind',
      "exact training has no data; 'mnist', 'synthetic' or numerics 'cost' would be right",
    );
  return { model, data };
}

function plan(assignment: Assignment, mode: Mode): Plan {
  const workers = checkWorkers(assignment);
  const { training, seed } = assignment;
  const exact = numericsOf(assignment);
  const costs = parameterServerCosts(lineOf(assignment.model, 1), training);

  const server = (world: World): Node => {
    const weights = exact && new ServerWeights(exact.model, training, seed, mode === 'bsp');
    const settings: ServerSettings = { workers, training, costs, weights };
    return mode === 'bsp' ? new BspServer(world, settings) : new AspServer(world, settings);
  };
  const worker = (world: World): Node => {
    const share = shareOf(training.batch, workers, world.self);
    const learner =
      exact && new GradientLearner(exact.model, training, exact.data.train, share, seed);
    const { iterations } = training;
    return new Worker(world, { server: workers, share, iterations, costs, learner });
  };
  return {
    roles: assignment.hosts.map((_, node) => (node === workers ? 'server' : 'worker')),
    createNode: (world) => (world.self === workers ? server(world) : worker(world)),
  };
}

const bspOptions = z.strictObject({ kind: z.literal('ps-bsp') });
const aspOptions = z.strictObject({ kind: z.literal('ps-asp') });

/** Bulk synchronous parallel: equal to sequential SGD that sums the workers' shares in worker order. */
export const parameterServerBsp: ProtocolDefinition<z.infer<typeof bspOptions>> = {
  kind: 'ps-bsp',
  summary: 'Parameter server, one server, bulk synchronous: every update waits for all workers.',
  timingIndependent: true,
  options: bspOptions,
  plan: (assignment) => plan(assignment, 'bsp'),
};

/** Asynchronous parallel: every push is an update, applied on arrival. */
export const parameterServerAsp: ProtocolDefinition<z.infer<typeof aspOptions>> = {
  kind: 'ps-asp',
  summary: 'Parameter server, one server, asynchronous: every push is applied as it arrives.',
  timingIndependent: false,
  options: aspOptions,
  plan: (assignment) => plan(assignment, 'asp'),
};
