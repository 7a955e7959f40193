/** What a parameter server refuses before anything runs, each in one sentence. */
import { formatCounted } from '../../../engine/format.ts';
import { ScenarioError } from '../../protocol.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { ServerLayout } from './layout.ts';
import type { Servers } from './shard/shard-cuts.ts';
import {
  backupsOf,
  consistencyOf,
  partsOf,
  relaysOf,
  sharesAPull,
  slackOf,
  type ServerOptions,
} from './options.ts';

/** Refuses servers beside workers who are too few for them. */
function checkPlace(nodes: number, { shards }: ServerLayout, { replicas }: ServerOptions): void {
  if (shards > nodes)
    throw new ScenarioError(
      'protocol.servers',
      `${shards} servers beside ${formatCounted(nodes, 'worker')} would be two on a node; at most ${nodes}, or place 'apart', would be right`,
    );
  if (replicas >= nodes)
    throw new ScenarioError(
      'protocol.replicas',
      `${formatCounted(replicas, 'standby', 'standbys')} on ${formatCounted(nodes, 'node')} would be two copies of a shard on one of them; at most ${nodes - 1}, or place 'apart', would be right`,
    );
}

/** Refuses a layout without workers, or with more than there are samples in a batch. */
export function checkWorkers(
  { hosts, training: { batch } }: Assignment,
  layout: ServerLayout,
  options: ServerOptions,
): void {
  const { workers, needed, shards, isBeside } = layout;
  const { replicas } = options;
  const nodes = hosts.length;
  if (isBeside) checkPlace(nodes, layout, options);
  const all = shards * (1 + replicas);
  const serving = all === 1 ? 'the server' : `${all} servers`;
  if (workers < 1)
    throw new ScenarioError(
      'cluster.nodes',
      `a parameter server on ${formatCounted(nodes, 'node')} has no worker; ` +
        `${all + 1} nodes (1 worker and ${serving}) or more would be right`,
    );
  if (needed > batch)
    throw new ScenarioError(
      'training.batch',
      `a batch of ${batch} leaves some of ${formatCounted(needed, 'worker')} without a sample; at least ${needed} would be right`,
    );
}

/** Refuses more shards than there are parameters, or shards that get none. */
export function checkShards(parameters: number, layout: ServerLayout, servers: Servers): void {
  const { shards } = layout;
  if (shards > parameters)
    throw new ScenarioError(
      'protocol.servers',
      `${shards} servers share a model of ${formatCounted(parameters, 'parameter')}; at most ${parameters} would be right`,
    );
  for (let shard = 0; shard < shards; shard++)
    if (layout.sizeOf(shard, parameters) === 0)
      throw new ScenarioError(
        `protocol.servers.${typeof servers === 'object' && 'sizes' in servers ? `sizes[${shard}]` : 'hashed'}`,
        `shard ${shard} gets none of ${formatCounted(parameters, 'parameter')}; a larger share, or ${shards} servers of near-equal shards, would be right`,
      );
}

/** Refuses backups where nobody waits for all, or where they are all there are. */
export function checkBackups({ workers, needed }: ServerLayout, options: ServerOptions): void {
  const backups = backupsOf(options);
  if (backups > 0 && consistencyOf(options) !== 'bsp')
    throw new ScenarioError(
      'protocol.backupWorkers',
      `${formatCounted(backups, 'backup is', 'backups are')} for updates that wait for all workers; consistency 'bsp', or 0, would be right`,
    );
  if (needed < 1)
    throw new ScenarioError(
      'protocol.backupWorkers',
      `${formatCounted(backups, 'backup leaves', 'backups leave')} none of ${formatCounted(workers, 'worker')} to wait for; at most ${workers - 1} would be right`,
    );
}

/** Refuses to broadcast what is not for all workers at once. */
export function checkPull(options: ServerOptions): void {
  if (!relaysOf(options)) return;
  if (consistencyOf(options) !== 'bsp')
    throw new ScenarioError(
      'protocol.pull',
      "a tree brings the same weights to all workers, who read them at times of their own here; consistency 'bsp', or 'unicast', would be right",
    );
  if (backupsOf(options) > 0)
    throw new ScenarioError(
      'protocol.pull',
      "a tree brings weights to all workers, of whom some still compute with older ones where there are backups; 'unicast', or 0 backups, would be right",
    );
}

/** Refuses jobs where workers wait for no update, or get weights otherwise. */
export function checkMapReduce(options: ServerOptions): void {
  if (!options.mapReduce) return;
  const refuse = (reason: string): never => {
    throw new ScenarioError('protocol.mapReduce', `${reason} would be right`);
  };
  if (consistencyOf(options) !== 'bsp')
    refuse("a job is a step that all workers make together; consistency 'bsp', or null,");
  if (backupsOf(options) > 0)
    refuse(
      'a job ends when all its workers have, so that backups change nothing; 0 backups, or null,',
    );
  if (relaysOf(options))
    refuse(
      "a job's workers read the weights from storage, not from each other; pull 'unicast', or null,",
    );
}

/** Refuses to push activations where there are none to push, or the worker needs the gradient itself. */
export function checkPushForm({ model }: Assignment, options: ServerOptions): void {
  if (options.pushForm === 'gradient') return;
  const refuse = (reason: string): never => {
    throw new ScenarioError('protocol.pushForm', `${reason} would be right`);
  };
  if (model.kind !== 'mlp')
    refuse("a cost table does not say how wide its dense layers are; 'gradient', or an mlp,");
  if (options.overlap !== null || partsOf(options) > 1)
    refuse(
      "activations are pushed after one pass over a share; 'gradient', or neither overlap nor several parts,",
    );
  if ((slackOf(options) ?? 0) > 0 || sharesAPull(options) > 1)
    refuse("a worker that steps by itself has made the gradient already; 'gradient'");
}

/** Refuses a worker's own steps where they make no sense. */
export function checkDownpour({ training }: Assignment, options: ServerOptions): void {
  const { downpour, accumulate, overlap } = options;
  if (!downpour) return;
  const { push, adagrad } = downpour;
  if (consistencyOf(options) !== 'asp')
    throw new ScenarioError(
      'protocol.downpour',
      "workers that make steps of their own are for servers that wait for nobody; consistency 'asp', or null, would be right",
    );
  if (downpour.fetch % push !== 0)
    throw new ScenarioError(
      'protocol.downpour.fetch',
      `${downpour.fetch} minibatches between fetches would undo steps that no server has, for ${push} are a push; a multiple of ${push} would be right`,
    );
  if (push > 1 && (accumulate > 1 || overlap !== null))
    throw new ScenarioError(
      `protocol.${accumulate > 1 ? 'accumulate' : 'overlap'}`,
      `a push of ${push} minibatches is made in so many parts already; ${accumulate > 1 ? 1 : null} would be right`,
    );
  if (adagrad && training.optimizer.kind !== 'sgd')
    throw new ScenarioError(
      'training.optimizer',
      `servers that step by Adagrad have no '${training.optimizer.kind}'; 'sgd' would be right`,
    );
}

/** Refuses what a worker cannot see of its own steps. */
export function checkOptimizer(
  { training: { optimizer } }: Assignment,
  options: ServerOptions,
): void {
  if (optimizer.kind !== 'adam') return;
  const reason =
    "a worker has to see its own step at once, and under 'adam' the server alone knows it";
  if ((slackOf(options) ?? 0) > 0)
    throw new ScenarioError(
      'protocol.consistency',
      `${reason}; optimizer 'sgd' or 'momentum', or { ssp: 0 }, would be right`,
    );
  if ((options.downpour?.fetch ?? 1) > 1)
    throw new ScenarioError(
      'protocol.downpour.fetch',
      `${reason}; optimizer 'sgd' or 'momentum', or a fetch of 1, would be right`,
    );
}

/** What really training needs; null under `numerics: 'cost'`. */
export function numericsOf({ model, training, data }: Assignment) {
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
