/** A pipeline whose schedule is written down, as the fuzzer knows it. */
import type { Chance } from '../claims/chance.ts';
import type { DesignTerms } from './design.ts';
import type { FuzzProfile } from '../claims/fuzz-profile.ts';
import { RESTART_FUZZ } from '../restart/fuzz.ts';

/** What a schedule adds: the most chunks of a node, and options of its own. */
export interface ScheduleFuzz {
  readonly chunks?: number;
  drawOptions?(chance: Chance, terms: DesignTerms): Record<string, unknown>;
}

export function fuzzedPipeline({ chunks, drawOptions }: ScheduleFuzz): FuzzProfile {
  return {
    ...RESTART_FUZZ,
    alone: 0.06,
    chunks,
    drawOptions(chance, nodes, microBatches) {
      const fits = (copies: number) => nodes % copies === 0 && microBatches % copies === 0;
      const dataParallel = chance.often(0.4) ? chance.one([1, 2, 3, 4, 6].filter(fits)) : 1;
      const each = { ranks: nodes / dataParallel, microBatches: microBatches / dataParallel };
      return {
        ...(chance.often(0.3) ? { recompute: chance.one(['all', 'except-last'] as const) } : {}),
        ...(dataParallel > 1 ? { dataParallel } : {}),
        ...drawOptions?.(chance, each),
      };
    },
  };
}
