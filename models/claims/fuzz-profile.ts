/**
 * What the fuzzer has to know of a protocol: how its options and its nastiest faults are drawn, what it promises to
 * survive, and what it alone claims. Plain functions in the protocol's own folder, which its definition
 * hands on.
 */
import type { Chance } from './chance.ts';
import type { Claim } from './claim.ts';
import type { Promised } from './promise.ts';

/** One fault in its scenario's form. */
export type DrawnFault = { kind: string } & Record<string, unknown>;

/** What there is to strike, and when. */
export interface Stage {
  readonly nodes: number;
  /** Length of the run without faults. */
  readonly lengthNs: number;
  /** Silence after which a peer is suspected. */
  readonly silenceNs: number;
  /** The nodes that keep the state for all others; none where all nodes are alike. */
  readonly servers: readonly number[];
}

export interface FuzzProfile {
  /** The share of the seeds on one node alone; 0 where that is too few. */
  readonly alone: number;
  /** Options that fit that many nodes, `kind` left out. */
  drawOptions(chance: Chance, nodes: number): Record<string, unknown>;
  /** The nodes that keep the state for all others. */
  servers(options: Readonly<Record<string, unknown>>, nodes: number): number[];
  /** Blows of which this protocol is in special danger; null for a seed that is to be struck as any other. */
  drawTargetedFaults(seed: number, stage: Stage): DrawnFault[] | null;
  /** Kinds of the messages by which its nodes agree on a new view and bring its state about. */
  readonly recovery: readonly string[];
  readonly promised: Promised;
  /** In the order in which they are judged. */
  readonly claims: readonly Claim[];
}
