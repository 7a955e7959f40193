/** What is kept beside the training itself, so that it can go on after a loss (PROTOCOLS C), and what it weighs. */
import { parameterCosts } from '../spec/parameter-costs.ts';
import type { TrainingSpec } from '../spec/training.ts';

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

/**
 * Bytes a parameter takes at its owner, and at each node that keeps a replica of it (PROTOCOLS A.6). What a repair goes
 * back to at its owner shares its weights with the newest state where both have them.
 */
export function bytesPerParameter(
  training: Pick<TrainingSpec, 'precision' | 'bytes' | 'optimizer'>,
  safety: Safety,
  delays = false,
): { own: number; replica: number } {
  const { stateBytes, earlierBytes, gradientBytes } = parameterCosts(training, delays);
  return {
    own: stateBytes + (safety.heldBack ? stateBytes - earlierBytes : 0) + gradientBytes,
    replica: stateBytes + gradientBytes,
  };
}
