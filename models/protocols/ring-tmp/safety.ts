/** What a ring keeps beside the training itself, so that it can go on after a loss (PROTOCOLS C), and what it weighs. */
import type { Assignment } from '../../protocol.ts';
import { elementBytes, OPTIMIZER_SLOTS, type TrainingSpec } from '../../training.ts';
import type { RingOptions } from './options.ts';

export interface Safety {
  /** Successors that keep a copy of what a node owns; fewer where there are not so many other nodes. */
  readonly replicas: number;
  /** True where views can change, or replicas are kept for that: these keep one gradient that is not applied. */
  readonly heldBack: boolean;
  /** True where nodes keep the version before the newest too, so that all can go back to it. */
  readonly previous: boolean;
  /** True where nodes keep what they have sent, so that who is lost can be made up for without going back. */
  readonly logs: boolean;
}

export function safetyOf(assignment: Assignment, options: RingOptions): Safety {
  const { replicas, repair } = options;
  const heldBack = replicas > 0 || assignment.detector !== null;
  const logs = heldBack && repair === 'log';
  return { replicas, heldBack, previous: heldBack && !logs, logs };
}

/** Replicas of each position in a ring of that many. */
export function replicaCount(safety: Safety, positions: number): number {
  return Math.min(safety.replicas, positions - 1);
}

/**
 * Bytes a parameter takes at its owner, and at each node that keeps a replica of it (PROTOCOLS A.6). With logs the owner
 * keeps the gradient of the newest update too, until all replicas have it.
 */
export function bytesPerParameter(
  training: Pick<TrainingSpec, 'precision' | 'optimizer'>,
  safety: Safety,
): { own: number; replica: number } {
  const element = elementBytes(training);
  const state = 1 + OPTIMIZER_SLOTS[training.optimizer.kind];
  const unacked = safety.logs && safety.replicas > 0 ? 1 : 0;
  return {
    own: element * (safety.previous ? 2 * state + 1 : state + 1 + unacked),
    replica: element * (state + 1),
  };
}
