/** Which consistency model a server leads by. */
import { AspConsistency } from './asp-consistency.ts';
import { BspConsistency } from './bsp-consistency.ts';
import type { ConsistencyContext, ConsistencyModel } from './consistency-model.ts';
import type { ResilientServerSettings } from './resilient-settings.ts';

export function consistencyOf(
  context: ConsistencyContext,
  { mode, training }: ResilientServerSettings,
): ConsistencyModel {
  if (mode === 'bsp') return new BspConsistency(context);
  return new AspConsistency(context, training.iterations);
}
