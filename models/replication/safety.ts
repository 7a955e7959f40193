/** What is kept beside the training itself, so that it can go on after a loss (PROTOCOLS C), and what it weighs. */
import { elementBytes, OPTIMIZER_SLOTS, type TrainingSpec } from '../spec/training.ts';

export interface Safety {
  /** Successors that keep a copy of what a node owns; fewer where there are not so many other nodes. */
  readonly replicas: number;
  /**
   * True where views can change, or replicas are kept for that: replicas keep one gradient that is not applied, and
   * owners the version before the newest, so that all can go back to it.
   */
  readonly heldBack: boolean;
}

/** Nothing is kept: what is lost is lost. */
export const UNPROTECTED: Safety = { replicas: 0, heldBack: false };

/** Replicas of each stage in a ring of that many. */
export function replicaCount(safety: Safety, positions: number): number {
  return Math.min(safety.replicas, positions - 1);
}

/** Bytes a parameter takes at its owner, and at each node that keeps a replica of it (PROTOCOLS A.6). */
export function bytesPerParameter(
  training: Pick<TrainingSpec, 'precision' | 'optimizer'>,
  safety: Safety,
): { own: number; replica: number } {
  const element = elementBytes(training);
  const state = 1 + OPTIMIZER_SLOTS[training.optimizer.kind];
  return {
    own: element * (safety.heldBack ? 2 * state + 1 : state + 1),
    replica: element * (state + 1),
  };
}
