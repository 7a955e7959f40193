/** What a scenario may say of the network: one strict object a kind, sizes and delays with units. */
import { z } from 'zod';
import { quantity } from './fields.ts';
import type { QuantityParser } from './units.ts';

/** The schema of `cluster.network`; its result is a ResolvedNetwork. */
export function networkSchema(parse: QuantityParser) {
  const common = {
    bandwidth: quantity(parse, 'bandwidth', false),
    latency: quantity(parse, 'time', true),
    sharing: z.enum(['fifo', 'fair'], { error: "'fifo' or 'fair'" }).default('fifo'),
  };
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ring'), ...common }),
    z.strictObject({ kind: z.literal('star'), ...common }),
  ]);
}
