/** The schema of the network: one strict object a kind, sizes and delays with units. */
import { z } from 'zod';
import { atLeast, quantity, text, whole } from './fields.ts';
import type { QuantityParser } from './units.ts';

/** The schema of `cluster.network`; its result is a ResolvedNetwork. */
export function networkSchema(parse: QuantityParser) {
  const bandwidth = quantity(parse, 'bandwidth', false);
  const latency = quantity(parse, 'time', true);
  const common = {
    bandwidth,
    latency,
    rerouteAfter: latency.optional(),
    sharing: z.enum(['fair', 'fifo'], { error: "'fair' or 'fifo'" }).default('fair'),
  };
  const end = z.union([whole(0), text()], { error: "a node's number or a switch's name" });
  const link = z.strictObject({
    from: end,
    to: end,
    bandwidth: bandwidth.optional(),
    latency: latency.optional(),
    oneWay: z.boolean({ error: 'true or false' }).default(false),
  });
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ring'), ...common }),
    z.strictObject({ kind: z.literal('star'), ...common }),
    z.strictObject({ kind: z.literal('torus'), rows: whole(1).optional(), ...common }),
    z.strictObject({
      kind: z.literal('racks'),
      nodesPerRack: whole(1),
      oversubscription: atLeast(1),
      coreLatency: latency.optional(),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('fat-tree'),
      ports: whole(2, 1000).optional(),
      coreLatency: latency.optional(),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('clusters'),
      nodesPerGroup: whole(1),
      outside: z.strictObject({ bandwidth, latency }),
      ...common,
    }),
    z.strictObject({
      kind: z.literal('links'),
      links: z.array(link, { error: 'a list of links' }),
      ...common,
    }),
  ]);
}
