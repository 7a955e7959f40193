/**
 * The parameter server as two protocols, `ps-bsp` and `ps-asp`: who plays which part, and what is refused before
 * anything runs.
 */
import { z } from 'zod';
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import type { World } from '../../../engine/world.ts';
import { lineOf } from '../../costs/cost-line.ts';
import { type Plan, type ProtocolDefinition, ScenarioError } from '../../protocol.ts';
import type { Assignment, WatchedWork } from '../../spec/assignment.ts';
import { GOES_ON_WITHOUT, type Survivals } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { firstView } from '../../membership/view.ts';
import { asynchronous } from './server/asynchronous.ts';
import { bulkSynchronous } from './server/bulk-synchronous.ts';
import type { ConsistencyKind } from './server/consistency.ts';
import { fuzzedAsp, fuzzedBsp } from './fuzz.ts';
import { wholeModelCosts } from '../../costs/whole-model-costs.ts';
import { shareSizes } from '../../learning/shares.ts';
import { GradientLearner } from '../../learning/gradient-learner.ts';
import { ServerLayout, type ServerRole } from './layout.ts';
import { ShardServer } from './server/shard-server.ts';
import { shardCosts } from './shard/shard-costs.ts';
import { initialShard } from './shard/shard-weights.ts';
import type { ServerMessage } from './messages.ts';
import type { MemberSettings } from './member.ts';
import { workerPasses } from './worker-passes.ts';
import { parameterCosts } from '../../spec/parameter-costs.ts';
import { firstPlan } from './plan.ts';
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

/** The logic of each node. */
function nodesOf(
  assignment: Assignment,
  consistency: ConsistencyKind,
  layout: ServerLayout,
  { accumulate, overlap }: ServerOptions,
): Plan['createNode'] {
  const { training, seed, model, detector, checkpoint, hosts } = assignment;
  const exact = numericsOf(assignment);
  const line = lineOf(model, 1);
  const costs = wholeModelCosts(line, training);
  const { parameters } = costs;
  const leastElements =
    overlap === null ? Infinity : overlap.bucketBytes / parameterCosts(training).gradientBytes;
  const passes = workerPasses(line, accumulate, leastElements);
  const { sums } = consistency;
  const plan = firstPlan(layout, sums);
  const common: MemberSettings = {
    layout,
    parameters,
    training,
    sums,
    detector,
    checkpoint,
    firstView: firstView(hosts.length),
    firstPlan: plan,
    cores: plan.shards.map(({ chain }) => chain),
  };
  const pushBytes = Array.from(
    { length: layout.shards },
    (_, shard) => shardCosts(layout.rangeOf(shard, parameters), training).wireBytes,
  );
  // One object for all workers: there are many, and each would be another miss of the cache.
  const settings = { ...common, pushBytes, allShards: [...pushBytes.keys()], costs, passes };
  return (world) => {
    if (world.self < layout.workers) {
      const learner = exact && new GradientLearner(exact.model, training, exact.data.train, seed);
      return new Worker(world as World<ServerMessage>, settings, learner);
    }
    const shard = layout.shardOf(world.self);
    const range = layout.rangeOf(shard, parameters);
    const initial = () => exact && initialShard(exact.model, training, seed, range);
    return new ShardServer(world as World<ServerMessage>, {
      ...common,
      shard,
      consistency,
      initial,
    });
  };
}

/** `replicas` is the number of standby servers of each shard. */
function plan(
  assignment: Assignment,
  consistency: ConsistencyKind,
  options: ServerOptions,
): Plan<ServerRole> {
  const { servers, replicas } = options;
  const { hosts, model } = assignment;
  const layout = new ServerLayout(hosts.length, servers, replicas);
  checkWorkers(assignment, layout, options);
  checkShards(lineOf(model, 1).parameters, servers);
  numericsOf(assignment);
  return {
    roles: hosts.map((_, node) => layout.roleOf(node)),
    createNode: nodesOf(assignment, consistency, layout, options),
  };
}

/** The server and everybody, the standbys among themselves; once the server is lost, each of them and everybody. */
function* watches(
  { hosts }: WatchedWork,
  { servers, replicas }: ServerOptions,
): Generator<WatchedPair> {
  const { workers } = new ServerLayout(hosts.length, servers, replicas);
  const standbys = workers + servers;
  for (let other = workers; other < hosts.length; other++)
    for (let one = 0; one < other; one++)
      yield { one, other, since: other >= standbys && one < workers ? 'loss' : 'start' };
}

/** One a worker, and one that the servers share. */
function copies({ servers, replicas }: ServerOptions, nodes: number): number {
  return new ServerLayout(nodes, servers, replicas).workers + 1;
}

/** The shares of the workers, or their micro-batches. */
function passSamples(
  batch: number,
  { servers, replicas, accumulate }: ServerOptions,
  nodes: number,
): number[] {
  const shares = shareSizes(batch, new ServerLayout(nodes, servers, replicas).workers);
  return shares.flatMap((samples) => shareSizes(samples, Math.min(accumulate, samples)));
}

/** Workers are made up for by others; who keeps the state can only be made up for by a standby. */
function survives({ replicas }: ServerOptions): Survivals {
  return { ...GOES_ON_WITHOUT, crash: replicas > 0 ? 'repairs' : 'restarts' };
}

/** `ps-bsp/4-servers`: what tells it from others at a glance. */
function label({ kind, servers }: ServerOptions & { readonly kind: string }): string {
  return servers === 1 ? kind : `${kind}/${servers}-servers`;
}

const common = {
  servers: z.int().min(1).default(1).describe('shards of the model, each with a server of its own'),
  replicas: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('standbys of each server; workers come first, then the servers, then their standbys'),
  accumulate: z
    .int()
    .min(1)
    .default(1)
    .describe('micro-batches of its share whose gradients a worker adds up before it pushes them'),
  overlap: z
    .strictObject({
      bucketBytes: z
        .int()
        .min(1)
        .describe('gradients are pushed as soon as so many bytes of them are ready'),
    })
    .nullable()
    .default(null)
    .describe('push gradients while the backward pass goes on; null: after it'),
};
interface ServerOptions {
  readonly servers: number;
  readonly replicas: number;
  readonly accumulate: number;
  readonly overlap: { readonly bucketBytes: number } | null;
}
const bspOptions = z.strictObject({ kind: z.literal('ps-bsp'), ...common });
const aspOptions = z.strictObject({ kind: z.literal('ps-asp'), ...common });

/** Bulk synchronous parallel: equal to sequential SGD that sums the workers' shares in worker order. */
export const parameterServerBsp: ProtocolDefinition<z.infer<typeof bspOptions>, ServerRole> = {
  kind: 'ps-bsp',
  summary: 'parameter server, bulk synchronous: every update waits for all workers',
  watches,
  uses: {
    checkpoint: 'always',
    detector: 'always',
    'cluster.network': 'always',
    disk: 'with faults',
  },
  timing: () => 'independent',
  survives,
  reference: ({ servers, replicas }, nodes) => sequential(nodes - servers * (1 + replicas)),
  copies,
  label,
  passSamples,
  sumTraffic: ({ sumTraffic }) => sumTraffic,
  fuzz: fuzzedBsp,
  options: bspOptions,
  plan: (assignment, options) => plan(assignment, bulkSynchronous, options),
};

/** Asynchronous parallel: every push is an update, applied on arrival. */
export const parameterServerAsp: ProtocolDefinition<z.infer<typeof aspOptions>, ServerRole> = {
  kind: 'ps-asp',
  summary: 'parameter server, asynchronous: every push is applied as it arrives',
  watches,
  uses: {
    checkpoint: 'always',
    detector: 'always',
    'cluster.network': 'always',
    disk: 'with faults',
  },
  timing: () => 'dependent',
  survives,
  reference: () => null,
  copies,
  label,
  passSamples,
  // A push is added and applied in one job.
  sumTraffic: ({ sumTraffic, updateTraffic, updateFlops }) =>
    (sumTraffic + updateTraffic) / (1 + updateFlops),
  fuzz: fuzzedAsp,
  options: aspOptions,
  plan: (assignment, options) => plan(assignment, asynchronous, options),
};
