/** The options of parameter servers in a scenario, and what is called what by them. */
import { z } from 'zod';
import type { ServerPlace } from './layout.ts';
import type { Servers } from './shard/shard-cuts.ts';

/** `bsp`, `asp`, or how many clocks a worker may be ahead of the slowest. */
export type Consistency = 'bsp' | 'asp' | { readonly ssp: number };

/** How often a worker of Downpour SGD fetches and pushes, in minibatches (Dean et al. 2012). */
export interface Downpour {
  readonly fetch: number;
  readonly push: number;
  /** Servers scale each parameter's steps by its past gradients. */
  readonly adagrad: boolean;
}

/** Each update goes through a job of its own, and through storage. */
export interface MapReduce {
  /** What it takes to start a job, in seconds. */
  readonly jobOverhead: number;
  /** Bytes a second at which a server's part of the weights is written, and read. */
  readonly storageBandwidth: number;
}

export interface ServerOptions {
  readonly kind: string;
  /** Left out where the kind says it. */
  readonly consistency?: Consistency;
  readonly servers: Servers;
  readonly replicas: number;
  readonly place: ServerPlace;
  readonly accumulate: number;
  readonly overlap: { readonly bucketBytes: number } | null;
  /** Left out where the kind has none. */
  readonly backupWorkers?: number;
  /** Left out where the kind has no choice. */
  readonly pull?: 'unicast' | 'tree';
  readonly mapReduce?: MapReduce | null;
  readonly pushForm: 'gradient' | 'activations';
  /** Null or left out: a worker makes no steps of its own between a pull and a push. */
  readonly downpour?: Downpour | null;
}

const common = {
  servers: z
    .union(
      [
        z.int().min(1),
        z.strictObject({ sizes: z.array(z.number().positive()).min(1) }),
        z.strictObject({ hashed: z.int().min(1) }),
      ],
      { error: 'a whole number from 1, or an object such as { sizes: [2, 1] } or { hashed: 4 }' },
    )
    .default(1)
    .describe(
      'shards of the model, each with a server of its own: so many near-equal ones, `{ sizes }` in these proportions, or `{ hashed }`, so many by consistent hashing',
    ),
  replicas: z
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('standbys of each server; workers come first, then the servers, then their standbys'),
  place: z
    .enum(['apart', 'beside'])
    .default('apart')
    .describe(
      'servers have nodes of their own, or are beside workers: every node is a worker, node s has shard s too, and its standbys are on the nodes after that',
    ),
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
        .meta({ unit: 'B' })
        .describe('gradients are pushed as soon as so many bytes of them are ready'),
    })
    .nullable()
    .default(null)
    .describe('push gradients while the backward pass goes on; null: after it'),
  pushForm: z
    .enum(['gradient', 'activations'])
    .default('gradient')
    .describe(
      'what workers push: gradients, or the activations and error terms that servers multiply to them',
    ),
};

const pull = z
  .enum(['unicast', 'tree'])
  .default('unicast')
  .describe(
    'new weights go from a server to each worker that asks, or down a tree of workers, unasked (`bsp`)',
  );

const mapReduce = z
  .strictObject({
    jobOverhead: z.number().min(0).max(1e6).meta({ unit: 's' }).describe('to start a job'),
    storageBandwidth: z.number().min(1).meta({ unit: 'B/s' }).describe('of each server'),
  })
  .nullable()
  .default(null)
  .describe(
    'MapReduce SGD (`bsp`): each server writes its weights to storage after an update, a job starts in `jobOverhead` (a time), and they are read again, both at `storageBandwidth`',
  );

export const bspOptions = z.strictObject({
  kind: z.literal('ps-bsp'),
  ...common,
  pull,
  mapReduce,
});
export const aspOptions = z.strictObject({ kind: z.literal('ps-asp'), ...common });

export const serverOptions = z.strictObject({
  kind: z.literal('ps'),
  consistency: z
    .union([z.literal('bsp'), z.literal('asp'), z.strictObject({ ssp: z.int().min(0) })], {
      error: "'bsp', 'asp' or an object such as { ssp: 3 }",
    })
    .default('bsp')
    .describe(
      '`bsp`: every update waits for all workers; `asp`: for none; `{ ssp: s }`: nobody is more than s clocks ahead of the slowest',
    ),
  backupWorkers: z
    .int()
    .min(0)
    .default(0)
    .describe('an update waits for all workers but so many, and drops what comes later (`bsp`)'),
  downpour: z
    .strictObject({
      fetch: z.int().min(1).default(1).describe('minibatches between two fetches of weights'),
      push: z.int().min(1).default(1).describe('minibatches whose gradients are one push'),
      adagrad: z.boolean().default(false).describe('servers step by Adagrad'),
    })
    .nullable()
    .default(null)
    .describe(
      'Downpour SGD (`asp`): a share is `push` minibatches, after each of which the worker steps by itself; it fetches weights every `fetch` of them; with `adagrad` the servers step by that',
    ),
  ...common,
  pull,
  mapReduce,
});

/** How a worker's reads and the updates of others hang together. */
export function consistencyOf({ kind, consistency }: ServerOptions): Consistency {
  return consistency ?? (kind === aspOptions.shape.kind.value ? 'asp' : 'bsp');
}

/** How many clocks a worker may be ahead of the slowest; null where it is not bound by that. */
export function slackOf(options: ServerOptions): number | null {
  const consistency = consistencyOf(options);
  return typeof consistency === 'string' ? null : consistency.ssp;
}

/** Parts of a share whose gradients are computed one after another and pushed as one. */
export function partsOf({ accumulate, downpour }: ServerOptions): number {
  return downpour ? Math.max(accumulate, downpour.push) : accumulate;
}

/** Shares that a worker computes with what it has pulled once. */
export function sharesAPull({ downpour }: ServerOptions): number {
  return downpour ? downpour.fetch / downpour.push : 1;
}

/** Workers beyond those whose pushes an update waits for. */
export function backupsOf({ backupWorkers = 0 }: ServerOptions): number {
  return backupWorkers;
}

/** Whether new weights go down a tree of workers. */
export function relaysOf({ pull }: ServerOptions): boolean {
  return pull === 'tree';
}

/** `ps/ssp-3/4-servers`: what tells it from others at a glance. */
export function label(options: ServerOptions): string {
  const { kind, consistency, servers, backupWorkers, downpour, mapReduce, pushForm } = options;
  const parts = [kind];
  if (typeof consistency === 'string') parts.push(consistency);
  else if (consistency !== undefined) parts.push(`ssp-${consistency.ssp}`);
  if (backupWorkers) parts.push(`${backupWorkers}-${backupWorkers === 1 ? 'backup' : 'backups'}`);
  if (downpour) parts.push(`downpour-${downpour.fetch}-${downpour.push}`);
  if (downpour?.adagrad) parts.push('adagrad');
  if (relaysOf(options)) parts.push('tree');
  if (mapReduce) parts.push('map-reduce');
  if (pushForm === 'activations') parts.push('activations');
  if (typeof servers === 'object' && 'sizes' in servers)
    parts.push(`sizes-${servers.sizes.join('-')}`);
  else if (typeof servers === 'object') parts.push(`${servers.hashed}-hashed`);
  else if (servers > 1) parts.push(`${servers}-servers`);
  if (options.place === 'beside') parts.push('beside');
  return parts.join('/');
}
