/** What the nodes of a parameter server that can lose nodes are told, whatever their part. */
import type { NodeId } from '../../../engine/world.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import type { Mode } from './replica.ts';
import type { ShardWeights } from './shard-weights.ts';

export interface ResilientSettings {
  readonly mode: Mode;
  readonly nodes: number;
  /** Workers are nodes 0 .. workers - 1, servers the others; the first of them begins as head. */
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly costs: WholeModelCosts;
  /** Silence after which a peer is suspected; 0 where nobody ever is. */
  readonly silenceNs: number;
  /** Where the state is to be saved after every so many iterations. */
  readonly checkpoint: { readonly every: number } | null;
}

export interface ResilientServerSettings extends ResilientSettings {
  /** Null under `numerics: 'cost'`. */
  readonly weights: ShardWeights | null;
}

export interface ResilientWorkerSettings extends ResilientSettings {
  /** Null under `numerics: 'cost'`. */
  readonly learner: GradientLearner | null;
}

/** All nodes but one. */
export function othersThan(self: NodeId, nodes: number): NodeId[] {
  const others: NodeId[] = [];
  for (let node = 0; node < nodes; node++) if (node !== self) others.push(node);
  return others;
}
