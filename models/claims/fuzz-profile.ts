/**
 * What the fuzzer needs to know of a protocol: how its options and its hardest faults are drawn, what it promises to
 * survive, and its own claims. Plain functions in the protocol's folder, named by its definition.
 */
import type { Chance } from './chance.ts';
import type { Claim } from './claim.ts';
import type { Promised } from './promise.ts';

/** One fault, as a scenario writes it. */
export type DrawnFault = { kind: string } & Record<string, unknown>;

/** The run that faults are drawn for. */
export interface Stage {
  readonly nodes: number;
  /** Its length without faults. */
  readonly lengthNs: number;
  /** Silence after which a peer is suspected. */
  readonly silenceNs: number;
  /** Nodes that keep the state for all others; empty where all nodes are alike. */
  readonly servers: readonly number[];
}

export interface FuzzProfile {
  /** The fraction of seeds that run on a single node; 0 where one node is too few. */
  readonly alone: number;
  /** The most parts of the model that one node holds; 1 if left out. */
  readonly chunks?: number;
  /** The share of the seeds that save checkpoints; a fifth if left out. */
  readonly checkpoints?: number;
  /** Options that fit that many nodes and micro-batches, and that optimizer, `kind` left out. */
  drawOptions(
    chance: Chance,
    nodes: number,
    microBatches: number,
    optimizer: string,
  ): Record<string, unknown>;
  /** The nodes that keep the state for all others. */
  servers(options: Readonly<Record<string, unknown>>, nodes: number): number[];
  /** Faults that are especially dangerous for this protocol; null for a seed that gets general faults. */
  drawTargetedFaults(seed: number, stage: Stage): DrawnFault[] | null;
  /** Kinds of messages that agree on a new view and transfer its state. */
  readonly recovery: readonly string[];
  readonly promised: Promised;
  /** In the order in which they are judged. */
  readonly claims: readonly Claim[];
}
