/** The options of parameter servers in a scenario, and what is called what by them. */
import { z } from 'zod';

/** `bsp`, `asp`, or how many clocks a worker may be ahead of the slowest. */
export type Consistency = 'bsp' | 'asp' | { readonly ssp: number };

export interface ServerOptions {
  readonly kind: string;
  /** Left out where the kind says it. */
  readonly consistency?: Consistency;
  readonly servers: number;
  readonly replicas: number;
  readonly accumulate: number;
  readonly overlap: { readonly bucketBytes: number } | null;
  /** Left out where the kind has none. */
  readonly backupWorkers?: number;
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

export const bspOptions = z.strictObject({ kind: z.literal('ps-bsp'), ...common });
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
  ...common,
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

/** Workers beyond those whose pushes an update waits for. */
export function backupsOf({ backupWorkers = 0 }: ServerOptions): number {
  return backupWorkers;
}

/** `ps/ssp-3/4-servers`: what tells it from others at a glance. */
export function label(options: ServerOptions): string {
  const { kind, consistency, servers, backupWorkers } = options;
  const parts = [kind];
  if (typeof consistency === 'string') parts.push(consistency);
  else if (consistency !== undefined) parts.push(`ssp-${consistency.ssp}`);
  if (backupWorkers) parts.push(`${backupWorkers}-backups`);
  if (servers > 1) parts.push(`${servers}-servers`);
  return parts.join('/');
}
