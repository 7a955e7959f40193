/** What a protocol has to do, and on which hosts. */
import type { DetectorSpec } from '../../engine/faults/fault-rule.ts';
import type { HostSpec } from '../../engine/host-spec.ts';
import type { NodeId } from '../../engine/world.ts';
import type { DataSplit } from './data.ts';
import type { ModelSpec } from './model.ts';
import type { TrainingSpec } from './training.ts';

/** All that a protocol knows of the cluster and the work. */
export interface Assignment {
  readonly seed: number;
  /** One host a node, in ring order. */
  readonly hosts: readonly HostSpec[];
  /** The nominal path between two neighbours: one-way latency and the bandwidth of the slowest link. */
  path(source: NodeId, target: NodeId): { latencyNs: number; bandwidthBytesPerSecond: number };
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  /** Null under `numerics: 'cost'`. */
  readonly data: DataSplit | null;
  /**
   * How nodes detect that a peer is gone. Null where the scenario has no faults: then nodes neither watch each other
   * nor repair.
   */
  readonly detector: DetectorSpec | null;
  /** Save the state of training after every so many iterations; null: never. */
  readonly checkpoint: { readonly every: number } | null;
}

/** The same without the detector, whose default silence follows from which nodes the protocol has watch each other. */
export type WatchedWork = Omit<Assignment, 'detector'>;
