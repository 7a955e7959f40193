/**
 * The parameter server as two protocols, `ps-bsp` and `ps-asp`: who plays which part, and what is refused before
 * anything runs. Where nothing can fail and nothing is
 * replicated, workers and server are the plain ones; otherwise the resilient ones.
 */
import { z } from 'zod';
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { World } from '../../../engine/world.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment, WatchedWork } from '../../spec/assignment.ts';
import { GOES_ON_WITHOUT, type Survivals } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { asynchronous } from './asynchronous.ts';
import { bulkSynchronous } from './bulk-synchronous.ts';
import { fuzzedAsp, fuzzedBsp } from './fuzz.ts';
import { wholeModelCosts } from '../../costs/whole-model-costs.ts';
import { GradientLearner } from '../../learning/gradient-learner.ts';
import type { Mode } from './replica.ts';
import { ResilientServer } from './resilient-server.ts';
import type { ResilientSettings } from './resilient-settings.ts';
import { ResilientWorker } from './resilient-worker.ts';
import { ServerLayout, type ServerRole } from './layout.ts';
import { ShardServer } from './shard-server.ts';
import { ShardWeights } from './shard-weights.ts';
import type { ServerMessage } from './messages.ts';
import { Worker } from './worker.ts';

/** Refuses a layout without workers, or with more than there are samples in a batch. */
function checkWorkers(
  { hosts, training: { batch } }: Assignment,
  { workers }: ServerLayout,
  { servers, replicas }: ServerOptions,
): void {
  const nodes = hosts.length;
  const all = servers * (1 + replicas);
  const serving = all === 1 ? 'the server' : `${all} servers`;
  if (workers < 1)
    throw new ScenarioError(
      'cluster.nodes',
      `a parameter server on ${nodes} ${nodes === 1 ? 'node' : 'nodes'} has no worker; ` +
        `${all + 1} nodes (1 worker and ${serving}) or more would be right`,
    );
  if (workers > batch)
    throw new ScenarioError(
      'training.batch',
      `a batch of ${batch} leaves some of ${workers} workers without a sample; at least ${workers} would be right`,
    );
}

/** Refuses more shards than there are parameters. */
function checkShards(parameters: number, servers: number): void {
  if (servers > parameters)
    throw new ScenarioError(
      'protocol.servers',
      `${servers} servers share a model of ${parameters} parameters; at most ${parameters} would be right`,
    );
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
function plainNodes(assignment: Assignment, mode: Mode, layout: ServerLayout): Plan['createNode'] {
  const { training, seed, model } = assignment;
  const exact = numericsOf(assignment);
  const costs = wholeModelCosts(lineOf(model, 1), training);
  const consistency = mode === 'bsp' ? bulkSynchronous : asynchronous;
  const { workers } = layout;
  return (world) => {
    if (world.self < workers) {
      const learner = exact && new GradientLearner(exact.model, training, exact.data.train, seed);
      return new Worker(world as World<ServerMessage>, { layout, training, costs, learner });
    }
    const shard = layout.shardOf(world.self);
    const range = layout.rangeOf(shard, costs.parameters);
    const weights = exact && new ShardWeights(exact.model, training, seed, range, consistency.sums);
    const settings = { shard, range, workers, training, consistency, weights };
    return new ShardServer(world as World<ServerMessage>, settings);
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
      const whole = { low: 0, high: settings.costs.parameters };
      const sums = mode === 'bsp';
      const weights = exact && new ShardWeights(exact.model, training, seed, whole, sums);
      return new ResilientServer(world, { ...settings, weights });
    }
    const learner = exact && new GradientLearner(exact.model, training, exact.data.train, seed);
    return new ResilientWorker(world, { ...settings, learner });
  };
}

/** `replicas` is the number of standby servers of each shard. */
function plan(assignment: Assignment, mode: Mode, options: ServerOptions): Plan<ServerRole> {
  const { servers, replicas } = options;
  const { hosts, detector, checkpoint, model } = assignment;
  const layout = new ServerLayout(hosts.length, servers, replicas);
  checkWorkers(assignment, layout, options);
  checkShards(lineOf(model, 1).parameters, servers);
  numericsOf(assignment);
  const resilient = detector !== null || checkpoint !== null || replicas > 0;
  if (resilient && servers > 1)
    throw new ScenarioError(
      'protocol.servers',
      `${servers} servers cannot share the model where nodes may fail or state is saved; 1 would be right`,
    );
  return {
    roles: hosts.map((_, node) => layout.roleOf(node)),
    createNode: resilient
      ? resilientNodes(assignment, mode, layout.workers)
      : plainNodes(assignment, mode, layout),
  };
}

/** The server and everybody, the standbys among themselves; once the server is lost, each of them and everybody. */
function* watches(
  { hosts }: WatchedWork,
  { servers, replicas }: ServerOptions,
): Generator<WatchedPair> {
  const server = hosts.length - servers * (1 + replicas);
  for (let other = server; other < hosts.length; other++)
    for (let one = 0; one < other; one++)
      yield { one, other, since: other > server && one < server ? 'loss' : 'start' };
}

/** One a worker, and one that the servers share. */
function copies({ servers, replicas }: ServerOptions, nodes: number): number {
  return new ServerLayout(nodes, servers, replicas).workers + 1;
}

/** Workers are made up for by others; who keeps the state can only be made up for by a standby. */
function survives({ replicas }: ServerOptions): Survivals {
  return { ...GOES_ON_WITHOUT, crash: replicas > 0 ? 'repairs' : 'restarts' };
}

const common = {
  servers: z.int().min(1).default(1).describe('shards of the model, each with a server of its own'),
  replicas: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('standbys of each server; workers come first, then the servers, then their standbys'),
};
type ServerOptions = { readonly servers: number; readonly replicas: number };
const bspOptions = z.strictObject({ kind: z.literal('ps-bsp'), ...common });
const aspOptions = z.strictObject({ kind: z.literal('ps-asp'), ...common });

/** Bulk synchronous parallel: equal to sequential SGD that sums the workers' shares in worker order. */
export const parameterServerBsp: ProtocolDefinition<z.infer<typeof bspOptions>, ServerRole> = {
  kind: 'ps-bsp',
  summary: 'parameter server, bulk synchronous: every update waits for all workers',
  watches,
  uses: { checkpoint: 'always', detector: 'always', 'cluster.network': 'always' },
  timing: () => 'independent',
  survives,
  reference: ({ servers, replicas }, nodes) => sequential(nodes - servers * (1 + replicas)),
  copies,
  fuzz: fuzzedBsp,
  options: bspOptions,
  plan: (assignment, options) => plan(assignment, 'bsp', options),
};

/** Asynchronous parallel: every push is an update, applied on arrival. */
export const parameterServerAsp: ProtocolDefinition<z.infer<typeof aspOptions>, ServerRole> = {
  kind: 'ps-asp',
  summary: 'parameter server, asynchronous: every push is applied as it arrives',
  watches,
  uses: { checkpoint: 'always', detector: 'always', 'cluster.network': 'always' },
  timing: () => 'dependent',
  survives,
  reference: () => null,
  copies,
  fuzz: fuzzedAsp,
  options: aspOptions,
  plan: (assignment, options) => plan(assignment, 'asp', options),
};
