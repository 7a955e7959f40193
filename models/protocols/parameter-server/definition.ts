/**
 * The parameter server as two protocols, `ps-bsp` and `ps-asp`: who plays which part, and what is refused before
 * anything runs. Workers come first, then the server, then its standbys. Where nothing can fail and nothing is
 * replicated, workers and server are the plain ones; otherwise the resilient ones.
 */
import { z } from 'zod';
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import { lineOf } from '../../costs/cost-line.ts';
import {
  type Assignment,
  type Plan,
  type ProtocolDefinition,
  ScenarioError,
  type WatchedWork,
} from '../../protocol.ts';
import { GOES_ON_WITHOUT, type Survivals } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { AspServer } from './asp-server.ts';
import { BspServer } from './bsp-server.ts';
import { fuzzedAsp, fuzzedBsp } from './fuzz.ts';
import { wholeModelCosts } from '../../costs/whole-model-costs.ts';
import { GradientLearner } from '../../learning/gradient-learner.ts';
import type { Mode } from './replica.ts';
import { ResilientServer } from './resilient-server.ts';
import type { ResilientSettings } from './resilient-settings.ts';
import { ResilientWorker } from './resilient-worker.ts';
import { ServerWeights } from './server-weights.ts';
import type { ServerSettings } from './server-settings.ts';
import { shareOf } from '../../learning/shares.ts';
import { Worker } from './worker.ts';

/** The number of workers. */
function checkWorkers(assignment: Assignment, replicas: number): number {
  const nodes = assignment.hosts.length;
  const servers = 1 + replicas;
  const serving = replicas === 0 ? 'the server' : `${servers} servers`;
  if (nodes < servers + 1)
    throw new ScenarioError(
      'cluster.nodes',
      `a parameter server on ${nodes} ${nodes === 1 ? 'node' : 'nodes'} has no worker; ` +
        `${servers + 1} nodes (1 worker and ${serving}) or more would be right`,
    );
  const workers = nodes - servers;
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

/** Nodes that can lose nothing but time, and so do without all that the resilient ones do. */
function plainNodes(assignment: Assignment, mode: Mode, workers: number): Plan['createNode'] {
  const { training, seed } = assignment;
  const exact = numericsOf(assignment);
  const costs = wholeModelCosts(lineOf(assignment.model, 1), training);
  return (world) => {
    if (world.self === workers) {
      const weights = exact && new ServerWeights(exact.model, training, seed, mode === 'bsp');
      const settings: ServerSettings = { workers, training, costs, weights };
      return mode === 'bsp' ? new BspServer(world, settings) : new AspServer(world, settings);
    }
    const share = shareOf(training.batch, workers, world.self);
    const learner =
      exact && new GradientLearner(exact.model, training, exact.data.train, share, seed);
    const { iterations } = training;
    return new Worker(world, { server: workers, share, iterations, costs, learner });
  };
}

/** Nodes that watch each other, replicate and repair. */
function resilientNodes(assignment: Assignment, mode: Mode, workers: number): Plan['createNode'] {
  const { training, seed, detector, checkpoint } = assignment;
  const exact = numericsOf(assignment);
  const settings: ResilientSettings = {
    mode,
    nodes: assignment.hosts.length,
    workers,
    training,
    costs: wholeModelCosts(lineOf(assignment.model, 1), training),
    silenceNs: detector === null ? 0 : detector.heartbeatNs * detector.misses,
    checkpoint,
  };
  return (world) => {
    if (world.self >= workers) {
      const weights = exact && new ServerWeights(exact.model, training, seed, mode === 'bsp');
      return new ResilientServer(world, { ...settings, weights });
    }
    const share = shareOf(training.batch, workers, world.self);
    const learner =
      exact && new GradientLearner(exact.model, training, exact.data.train, share, seed);
    return new ResilientWorker(world, { ...settings, learner });
  };
}

/** The first server leads at first; the standbys follow it. */
export type ServerRole = 'worker' | 'server' | 'standby';

/** `replicas` is the number of standby servers. */
function plan(assignment: Assignment, mode: Mode, replicas = 0): Plan<ServerRole> {
  const workers = checkWorkers(assignment, replicas);
  numericsOf(assignment);
  const { detector, checkpoint } = assignment;
  const resilient = detector !== null || checkpoint !== null || replicas > 0;
  const nodesOf = resilient ? resilientNodes : plainNodes;
  const roleOf = (node: number): ServerRole =>
    node < workers ? 'worker' : node === workers ? 'server' : 'standby';
  return {
    roles: assignment.hosts.map((_, node) => roleOf(node)),
    createNode: nodesOf(assignment, mode, workers),
  };
}

/** The server and everybody, the standbys among themselves; once the server is lost, each of them and everybody. */
function* watches({ hosts }: WatchedWork, { replicas }: ServerOptions): Generator<WatchedPair> {
  const server = hosts.length - 1 - replicas;
  for (let other = server; other < hosts.length; other++)
    for (let one = 0; one < other; one++)
      yield { one, other, since: other > server && one < server ? 'loss' : 'start' };
}

/** Workers are made up for by others; who keeps the state can only be made up for by a standby. */
function survives({ replicas }: ServerOptions): Survivals {
  return { ...GOES_ON_WITHOUT, crash: replicas > 0 ? 'repairs' : 'restarts' };
}

const standbys = z
  .int()
  .min(0)
  .max(3)
  .default(0)
  .describe('standby servers; workers come first, then the server, then its standbys');
type ServerOptions = { readonly replicas: number };
const bspOptions = z.strictObject({ kind: z.literal('ps-bsp'), replicas: standbys });
const aspOptions = z.strictObject({ kind: z.literal('ps-asp'), replicas: standbys });

/** Bulk synchronous parallel: equal to sequential SGD that sums the workers' shares in worker order. */
export const parameterServerBsp: ProtocolDefinition<z.infer<typeof bspOptions>, ServerRole> = {
  kind: 'ps-bsp',
  summary: 'one parameter server, bulk synchronous: every update waits for all workers',
  watches,
  uses: { checkpoint: 'always', detector: 'always', 'cluster.network': 'always' },
  timing: () => 'independent',
  survives,
  reference: ({ replicas }, nodes) => sequential(nodes - 1 - replicas),
  fuzz: fuzzedBsp,
  options: bspOptions,
  plan: (assignment, options) => plan(assignment, 'bsp', options.replicas),
};

/** Asynchronous parallel: every push is an update, applied on arrival. */
export const parameterServerAsp: ProtocolDefinition<z.infer<typeof aspOptions>, ServerRole> = {
  kind: 'ps-asp',
  summary: 'one parameter server, asynchronous: every push is applied as it arrives',
  watches,
  uses: { checkpoint: 'always', detector: 'always', 'cluster.network': 'always' },
  timing: () => 'dependent',
  survives,
  reference: () => null,
  fuzz: fuzzedAsp,
  options: aspOptions,
  plan: (assignment, options) => plan(assignment, 'asp', options.replicas),
};
