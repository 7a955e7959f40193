/**
 * The parameter server: who plays which part, and what is refused before anything runs. It is one program, of which two
 * kinds have names of their own.
 */
import type { WatchedPair } from '../../../engine/detector/lane.ts';
import { lineOf } from '../../costs/cost-line.ts';
import type { Plan, ProtocolDefinition } from '../../protocol.ts';
import type { Assignment, WatchedWork } from '../../spec/assignment.ts';
import type { Timing } from '../../survival.ts';
import { sequential } from '../seq-sgd/options.ts';
import { firstView } from '../../membership/view.ts';
import { broadcasting } from './consistency/broadcasting.ts';
import { CachingWorker } from './consistency/caching-worker.ts';
import { firstPushes } from './consistency/first-pushes.ts';
import { mapReducing } from './consistency/map-reducing.ts';
import { RacingWorker } from './consistency/racing-worker.ts';
import { RelayingWorker } from './consistency/relaying-worker.ts';
import { staleSynchronous } from './consistency/stale-synchronous.ts';
import { asynchronous } from './server/asynchronous.ts';
import { bulkSynchronous } from './server/bulk-synchronous.ts';
import type { ConsistencyKind, ShardServerSettings } from './server/consistency.ts';
import { fuzzedAny, fuzzedAsp, fuzzedBsp } from './fuzz.ts';
import { wholeModelCosts } from '../../costs/whole-model-costs.ts';
import { shareSizes } from '../../learning/shares.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { GradientLearner } from '../../learning/gradient-learner.ts';
import { placed } from './beside/placed.ts';
import type { SeatMaker } from './beside/seat-maker.ts';
import { pairsOfNodes } from './beside/pairs-of-nodes.ts';
import { ServerLayout, type ServerRole } from './layout.ts';
import { relayingPairs } from './server/broadcast-tree.ts';
import { ShardServer } from './server/shard-server.ts';
import { PushTerms } from './shard/push-terms.ts';
import { shardCosts } from './shard/shard-costs.ts';
import { initialShard } from './shard/shard-weights.ts';
import type { MemberSettings } from './member.ts';
import { ownStepCosts, serverTraining } from './own-step.ts';
import { workerPasses } from './worker-passes.ts';
import { parameterCosts } from '../../spec/parameter-costs.ts';
import {
  aspOptions,
  backupsOf,
  bspOptions,
  consistencyOf,
  label,
  partsOf,
  relaysOf,
  serverOptions,
  sharesAPull,
  slackOf,
  type ServerOptions,
} from './options.ts';
import { firstPlan } from './plan.ts';
import {
  checkBackups,
  checkDownpour,
  checkOptimizer,
  checkMapReduce,
  checkPull,
  checkPushForm,
  checkShards,
  checkWorkers,
  numericsOf,
} from './refusals.ts';
import { survives } from './survives.ts';
import { Worker, type WorkerSettings } from './worker.ts';

/** All spelled out: each object made by a spread would have a hidden class of its own, and code that meets many is slow. */
function serverSettings(
  common: MemberSettings,
  { shard, consistency, initial }: Pick<ShardServerSettings, 'shard' | 'consistency' | 'initial'>,
): ShardServerSettings {
  const { layout, parameters, training, sums, relays, detector, terms, checkpoint } = common;
  const { firstView, firstPlan, cores } = common;
  return {
    layout,
    parameters,
    training,
    sums,
    relays,
    detector,
    terms,
    checkpoint,
    firstView,
    firstPlan,
    cores,
    shard,
    consistency,
    initial,
  };
}

function workerKind(options: ServerOptions): typeof Worker {
  if (backupsOf(options) > 0) return RacingWorker;
  if (relaysOf(options)) return RelayingWorker;
  return slackOf(options) === null ? Worker : CachingWorker;
}

/** The logic of each node. */
function nodesOf(
  assignment: Assignment,
  consistency: ConsistencyKind,
  layout: ServerLayout,
  options: ServerOptions,
): Plan['createNode'] {
  const { overlap, downpour } = options;
  const { training, seed, model, detector, checkpoint } = assignment;
  const exact = numericsOf(assignment);
  const line = lineOf(model, 1);
  const costs = wholeModelCosts(line, training);
  const { parameters } = costs;
  const leastElements =
    overlap === null ? Infinity : overlap.bucketBytes / parameterCosts(training).gradientBytes;
  const steps = (downpour?.push ?? 1) > 1;
  const passes = workerPasses(line, partsOf(options), leastElements, steps);
  const { sums, relays = false } = consistency;
  const terms =
    options.pushForm === 'activations' && model.kind === 'mlp'
      ? new PushTerms(model, layout, training)
      : null;
  const plan = firstPlan(layout, sums);
  const common: MemberSettings = {
    layout,
    parameters,
    training,
    sums,
    relays,
    detector,
    terms,
    checkpoint,
    firstView: firstView(layout.seats),
    firstPlan: plan,
    cores: plan.shards.map(({ chain }) => chain),
  };
  const pushBytes = Array.from(
    { length: layout.shards },
    (_, shard) => shardCosts(layout.sizeOf(shard, parameters), training).wireBytes,
  );
  // One object for all workers: there are many, and each would be another miss of the cache.
  const slack = slackOf(options);
  const settings: WorkerSettings = {
    ...{ ...common, pushBytes, allShards: [...pushBytes.keys()], costs, passes },
    slack: slack ?? 0,
    ownStep: ownStepCosts(parameters, training, options),
  };
  const ofServers = serverTraining(training, options);
  const WorkerKind = workerKind(options);
  const make: SeatMaker = (world, open) => {
    if (world.self < layout.workers) {
      const learner = exact && new GradientLearner(exact.model, training, exact.data.train, seed);
      return new WorkerKind(world, settings, learner, open);
    }
    const shard = layout.shardOf(world.self);
    const part = (whole: FloatArray) => layout.gather(whole, shard);
    const initial = () => exact && initialShard(exact.model, ofServers, seed, part);
    const own = serverSettings({ ...common, training: ofServers }, { shard, consistency, initial });
    return new ShardServer(world, own, open);
  };
  return placed(common, make);
}

function kindOf(options: ServerOptions): ConsistencyKind {
  const consistency = consistencyOf(options);
  if (backupsOf(options) > 0) return firstPushes;
  if (options.mapReduce) return mapReducing(options.mapReduce);
  if (consistency === 'bsp') return relaysOf(options) ? broadcasting : bulkSynchronous;
  if (consistency === 'asp') return asynchronous(sharesAPull(options));
  return staleSynchronous(consistency.ssp);
}

/** `replicas` is the number of standby servers of each shard. */
function plan(assignment: Assignment, options: ServerOptions): Plan<ServerRole> {
  const { hosts, model } = assignment;
  const layout = new ServerLayout(hosts.length, options);
  checkWorkers(assignment, layout, options);
  checkShards(lineOf(model, 1).parameters, layout, options.servers);
  checkBackups(layout, options);
  checkPull(options);
  checkMapReduce(options);
  checkPushForm(assignment, options);
  checkDownpour(assignment, options);
  checkOptimizer(assignment, options);
  numericsOf(assignment);
  return {
    roles: layout.seatsByNode().map((seats) => layout.roleOf(seats)),
    dropsWork: backupsOf(options) > 0,
    createNode: nodesOf(assignment, kindOf(options), layout, options),
  };
}

/** Of the nodes that have their seats. */
function* watches({ hosts }: WatchedWork, options: ServerOptions): Generator<WatchedPair> {
  const layout = new ServerLayout(hosts.length, options);
  if (layout.isBeside) yield* pairsOfNodes(seatsWatching(layout, options), layout);
  else yield* seatsWatching(layout, options);
}

/**
 * The server and everybody, the standbys among themselves; once the server is lost, each of them and everybody. Workers
 * that send weights on watch those they send them to: once others are lost these may be any.
 */
function* seatsWatching(layout: ServerLayout, options: ServerOptions): Generator<WatchedPair> {
  const { workers, shards, seats } = layout;
  if (relaysOf(options)) {
    const pairs = [...relayingPairs(firstPlan(layout, true), layout)];
    const first = new Set(pairs.map((pair) => pair.sort((a, b) => a - b).join()));
    for (let other = 0; other < workers; other++)
      for (let one = 0; one < other; one++)
        yield { one, other, since: first.has(`${one},${other}`) ? 'start' : 'loss' };
  }
  const standbys = workers + shards;
  for (let other = workers; other < seats; other++)
    for (let one = 0; one < other; one++)
      yield { one, other, since: other >= standbys && one < workers ? 'loss' : 'start' };
}

/** One a worker, and one that the servers share. */
function copies(options: ServerOptions, nodes: number): number {
  return new ServerLayout(nodes, options).workers + 1;
}

/** The shares of the workers, or their micro-batches. */
function passSamples(batch: number, options: ServerOptions, nodes: number): number[] {
  const shares = shareSizes(batch, new ServerLayout(nodes, options).needed);
  return shares.flatMap((samples) => shareSizes(samples, Math.min(partsOf(options), samples)));
}

/** Sums in worker order do not depend on the order of arrival. */
function timing(options: ServerOptions): Timing {
  const consistency = consistencyOf(options);
  if (backupsOf(options) > 0) return 'dependent';
  if (consistency === 'bsp') return 'independent';
  return slackOf(options) === 0 ? 'membership' : 'dependent';
}

function reference(options: ServerOptions, nodes: number) {
  const { workers } = new ServerLayout(nodes, options);
  return timing(options) === 'dependent' ? null : sequential(workers);
}

/** What is the same for all parameter servers. */
const common = {
  watches,
  uses: {
    checkpoint: 'always',
    detector: 'always',
    'cluster.network': 'always',
    disk: 'with faults',
  },
  timing,
  survives,
  reference,
  copies,
  passSamples,
  label,
  plan,
} as const;

/** Bulk synchronous parallel: equal to sequential SGD that sums the workers' shares in worker order. */
export const parameterServerBsp: ProtocolDefinition<ServerOptions, ServerRole> = {
  ...common,
  kind: 'ps-bsp',
  summary: 'parameter server, bulk synchronous: every update waits for all workers',
  fuzz: fuzzedBsp,
  options: bspOptions,
};

/** Asynchronous parallel: every push is an update, applied on arrival. */
export const parameterServerAsp: ProtocolDefinition<ServerOptions, ServerRole> = {
  ...common,
  kind: 'ps-asp',
  summary: 'parameter server, asynchronous: every push is applied as it arrives',
  fuzz: fuzzedAsp,
  options: aspOptions,
};

/** With any consistency. */
export const parameterServer: ProtocolDefinition<ServerOptions, ServerRole> = {
  ...common,
  kind: 'ps',
  summary: 'parameter server of any consistency: bulk synchronous, stale synchronous, asynchronous',
  fuzz: fuzzedAny,
  options: serverOptions,
};
