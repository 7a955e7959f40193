/** What a server is told, BSP and ASP alike. */
import type { TrainingSpec } from '../../spec/training.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { ServerWeights } from './server-weights.ts';

export interface ServerSettings {
  /** Workers are nodes 0 .. workers - 1. */
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly costs: WholeModelCosts;
  /** Null under `numerics: 'cost'`. */
  readonly weights: ServerWeights | null;
}
