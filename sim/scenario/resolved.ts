/**
 * A scenario as it runs: the field names of the scenario its author wrote, every quantity a plain number in SI
 * base units, every default filled in, protocols always a list with labels. It is itself a valid scenario:
 * saved as scenario.json and run again it gives the same digest. Plain data: it crosses threads as it is.
 */
import type { OptimizerSpec } from '../../models/training.ts';
import type { TimedFault, TraceRow } from '../../scenarios/fault.ts';
import type { Expectation, Jitter } from '../../scenarios/scenario.ts';

export interface ResolvedHost {
  /** FLOP/s. */
  speed: number;
  /** Bytes; no limit when left out. */
  memory?: number;
  /** Seconds. */
  taskOverhead: number;
  /** Bytes a second, and seconds, of the host's own link, where they differ from the network's. */
  bandwidth?: number;
  latency?: number;
}

interface ResolvedAnyNetwork {
  /** Bytes a second. */
  bandwidth: number;
  /** Seconds. */
  latency: number;
  sharing: 'fifo' | 'fair';
}

/** One direction or both of a cable; what is left out is as in the network. */
export interface ResolvedLink {
  from: number | string;
  to: number | string;
  bandwidth?: number;
  latency?: number;
  oneWay: boolean;
}

export type ResolvedNetwork = ResolvedAnyNetwork &
  (
    | { kind: 'ring' | 'star' }
    | { kind: 'torus'; rows?: number }
    | { kind: 'racks'; nodesPerRack: number; oversubscription: number; coreLatency?: number }
    | { kind: 'fat-tree'; ports?: number; coreLatency?: number }
    | {
        kind: 'clusters';
        nodesPerGroup: number;
        outside: { bandwidth: number; latency: number };
      }
    | { kind: 'links'; links: ResolvedLink[] }
  );

export interface ResolvedCluster {
  nodes: number;
  host?: ResolvedHost;
  /** Several kinds of host, in ring order. Either this or `host` is there. */
  hosts?: (ResolvedHost & { count: number })[];
  network: ResolvedNetwork;
  jitter?: Jitter;
}

/** A layer of a cost table; it stands for `repeat` equal layers. */
export interface ResolvedCostLayer {
  name: string;
  forwardFlops: number;
  backwardFlops: number;
  parameters: number;
  outputElements: number;
  repeat: number;
}

export type ResolvedModel =
  | { kind: 'mlp'; layers: number[]; activation: 'relu' }
  | { kind: 'costs'; layers: ResolvedCostLayer[]; inputElements: number };

export type ResolvedData =
  { kind: 'mnist' | 'synthetic'; train: number; test: number } | { kind: 'none' };

export interface ResolvedTraining {
  batch: number;
  microBatches: number;
  iterations: number;
  learningRate: number;
  optimizer: OptimizerSpec;
  numerics: 'exact' | 'cost';
  precision: 32 | 64;
  evaluateEvery: number;
}

export type ResolvedProtocol = { kind: string; label: string } & Record<string, unknown>;

export interface ResolvedStop {
  /** Seconds of modelled time. */
  time?: number;
  loss?: number;
  accuracy?: number;
  /** False: the run goes on when its loss is no finite number any more. */
  diverged?: boolean;
}

/** Times in seconds. A trace has its rows here, in order of time, wherever they came from. */
export type ResolvedFault = TimedFault<number> | { trace: TraceRow<number>[] };

export interface ResolvedDetector {
  /** Seconds; each world has a default of its own. */
  heartbeat?: number;
  misses: number;
}

export interface ResolvedCheckpoint {
  /** Iterations. */
  every: number;
  /** Bytes a second, and seconds. */
  to: { bandwidth: number; latency: number };
}

export interface ResolvedScenario {
  name: string;
  seed: number;
  cluster: ResolvedCluster;
  model: ResolvedModel;
  data: ResolvedData;
  training: ResolvedTraining;
  protocol: ResolvedProtocol[];
  faults: ResolvedFault[];
  /** Only where the scenario says something of it; nodes watch each other if it does, or has faults. */
  detector?: ResolvedDetector;
  checkpoint?: ResolvedCheckpoint;
  stop?: ResolvedStop;
  expect: Expectation[];
}
