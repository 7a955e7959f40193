/**
 * What a scenario says: as people write it, typed; docs/scenario.md explains each field. A quantity is a string
 * with its unit ('10 Gbit/s', '25 us', '64 MiB') or a plain number in SI base units (s, B, B/s, FLOP/s).
 */
import type { Checkpoint, Detector, Fault } from './fault.ts';

export type Quantity = string | number;

export interface Host<Q = Quantity> {
  /** FLOP/s of the node's one compute engine. */
  speed: Q;
  /** Bytes; no limit when left out. */
  memory?: Q;
  /** Part of the speed that work reaches, above 0 and at most 1; or by the samples that are computed at once. */
  efficiency?: number | { samples: number; efficiency: number }[];
  /** Bytes a second that updates and sums read and write; no limit when left out. */
  memoryBandwidth?: Q;
  /** Fixed cost of every task. Default 10 us. */
  taskOverhead?: Q;
  /** What packing each message costs its engine, and what unpacking does: a time, and bytes a second. Default: nothing. */
  sending?: { overhead?: Q; bandwidth?: Q };
  receiving?: { overhead?: Q; bandwidth?: Q };
  /** Its own, for what its node must not forget in a crash. Default 100 us and 1 GB/s. */
  disk?: { latency?: Q; bandwidth?: Q };
  /** Of its own NIC, or of the cable to the next node of a ring, where they differ from the network's. */
  bandwidth?: Q;
  latency?: Q;
}

/** Chance that multiplies a cost: mean 1 unless the parameters say otherwise. */
export type Distribution =
  | { kind: 'constant'; value: number }
  | { kind: 'uniform'; low: number; high: number }
  | { kind: 'normal'; mean: number; deviation: number }
  | { kind: 'log-normal'; mean: number; deviation: number }
  | { kind: 'exponential'; mean: number }
  | { kind: 'pareto'; minimum: number; shape: number };

export interface Jitter {
  /** Factor on the time of every task. */
  compute?: Distribution;
  /** Factor on the latency of every message. */
  latency?: Distribution;
}

/** What every kind of network has. */
interface AnyNetwork<Q> {
  /** Of each direction of every node's NIC, or of every cable between nodes. */
  bandwidth: Q;
  /** One way between two neighbours. */
  latency: Q;
  /** How long until messages go round a cable that is cut, where there is another way. Default: the detector's silence. */
  rerouteAfter?: Q;
  /** How transfers share a link: max-min fairly (the default), or first come, first served. */
  sharing?: 'fair' | 'fifo';
}

/** A node by its number, or a switch by a name. */
export type LinkEnd = number | string;

export type Network<Q = Quantity> =
  | ({ kind: 'ring' | 'star' } & AnyNetwork<Q>)
  /** Rows default to the squarest torus. */
  | ({ kind: 'torus'; rows?: number } & AnyNetwork<Q>)
  /** Oversubscription: what a rack's nodes can send over what its uplink carries. Core latency: as `latency`. */
  | ({
      kind: 'racks';
      nodesPerRack: number;
      oversubscription: number;
      coreLatency?: Q;
    } & AnyNetwork<Q>)
  /** Ports of every switch default to the fewest that hold all nodes. Core latency, of each step up: as `latency`. */
  | ({ kind: 'fat-tree'; ports?: number; coreLatency?: Q } & AnyNetwork<Q>)
  /** Groups with a fast inside and a slow port outside that a whole group shares. */
  | ({
      kind: 'clusters';
      nodesPerGroup: number;
      outside: { bandwidth: Q; latency: Q };
    } & AnyNetwork<Q>)
  /** Any graph of full-duplex links (or one-way ones); shortest paths by latency. */
  | ({
      kind: 'links';
      links: { from: LinkEnd; to: LinkEnd; bandwidth?: Q; latency?: Q; oneWay?: boolean }[];
    } & AnyNetwork<Q>);

export interface Cluster<Q = Quantity> {
  nodes: number;
  host?: Host<Q>;
  hosts?: (Host<Q> & { count: number })[];
  network: Network<Q>;
  /** A file that `npm run validate` has written: what it measured takes the place of `network`, and of speeds of hosts. */
  profile?: string;
  /** So many nodes share each machine: while more of them work than it has cores, they share those fairly. */
  machines?: { nodes: number; cores: number };
  jitter?: Jitter;
}

/** What the passes of a layer take for a batch of so many samples. */
interface MeasuredBatch<Q> {
  samples: number;
  forward: Q;
  backward?: Q;
  inputGradient?: Q;
  weightGradient?: Q;
}

export type Model<Q = Quantity> =
  | {
      kind: 'mlp';
      layers: number[];
      activation?: 'relu';
      /** Of each layer what its passes take for batches of several sizes, on a host of `referenceSpeed`. */
      times?: MeasuredBatch<Q>[][];
      referenceSpeed?: Q;
      /** A cut made by hand: stage s of a pipeline owns layers [bounds[s], bounds[s + 1]), counted from 0. */
      bounds?: number[];
    }
  | {
      kind: 'costs';
      layers: {
        name: string;
        /** Of a sample. Each layer has operations, or times of a sample, or times by samples. */
        forwardFlops?: number;
        /** Both gradients. Instead, the two may be given apart: schedules with `I` and `W` run them apart. */
        backwardFlops?: number;
        inputGradientFlops?: number;
        weightGradientFlops?: number;
        /** On a host of `referenceSpeed`. */
        forwardSeconds?: Q;
        backwardSeconds?: Q;
        inputGradientSeconds?: Q;
        weightGradientSeconds?: Q;
        /** Of whole batches, on that host: interpolated between, and in proportion to the samples beyond. */
        times?: MeasuredBatch<Q>[];
        parameters: number;
        outputElements: number;
        /** What a cut behind it sends, either way; `outputElements` where left out. */
        carryElements?: number;
        /** What its backward pass needs beside its input; 2 * outputElements where left out. */
        keptElements?: number;
        /** Fixed time of each pass on any host, beside `taskOverhead`. */
        overhead?: Q;
        /** Equal parts that it may be cut into; 1 where left out. */
        splits?: number;
        repeat?: number;
      }[];
      inputElements: number;
      referenceSpeed?: Q;
      /** The micro-batch that the times were measured with: another one is a warning. */
      measuredSamples?: number;
      /** As of an MLP; inside a layer of several parts, a fraction. Repeated layers count each for itself. */
      bounds?: number[];
      /** Instead: the name of the first layer of each stage. */
      stages?: string[];
    };

export type Data =
  { kind: 'mnist' | 'synthetic'; train?: number; test?: number } | { kind: 'none' };

export interface Training {
  batch: number;
  microBatches?: number;
  iterations: number;
  learningRate?: number;
  optimizer?:
    | 'sgd'
    | 'momentum'
    | 'adam'
    | { kind: 'sgd' }
    | { kind: 'momentum'; momentum?: number }
    | { kind: 'adam'; beta1?: number; beta2?: number; epsilon?: number };
  numerics?: 'exact' | 'cost';
  /** Bits of an element; 16 is mixed precision, under cost numerics alone. */
  precision?: 16 | 32 | 64;
  /** Bytes of an element of each kind, under cost numerics, where they are not those of the precision. */
  bytes?: {
    weights?: number;
    gradients?: number;
    /** Of each slot of the optimizer. */
    optimizer?: number;
    /** Copy of the weights that the optimizer steps; 0: none. */
    master?: number;
    activations?: number;
    /** In messages. */
    wire?: number;
  };
  evaluateEvery?: number;
}

/** A protocol and its options; `label` names it where two of one kind stand side by side. */
export type Protocol = { kind: string; label?: string } & Record<string, unknown>;

export interface Stop<Q = Quantity> {
  /** Modelled time. */
  time?: Q;
  loss?: number;
  accuracy?: number;
  /** A run whose loss is no finite number any more fails, unless this is false. */
  diverged?: boolean;
}

/** What the author of a scenario expects of its summary; `--check` holds the run to it. */
export interface Expectation {
  /** Label or kind of the protocol; every protocol when left out. */
  of?: string;
  /** Path of a number in summary.json, such as 'training.finalAccuracy'. */
  value: string;
  atLeast?: number | { of: string; value?: string; times?: number };
  atMost?: number | { of: string; value?: string; times?: number };
}

export interface Scenario<Q = Quantity> {
  name: string;
  seed?: number;
  cluster: Cluster<Q>;
  model: Model;
  data?: Data;
  training: Training;
  protocol: Protocol | Protocol[];
  /** What goes wrong. Without any, and without a detector, nodes do not watch each other. */
  faults?: Fault<Q>[];
  detector?: Detector<Q>;
  checkpoint?: Checkpoint<Q>;
  stop?: Stop<Q>;
  expect?: Expectation[];
}

/** Types a scenario while it is written; returns it unchanged. Validation comes when it is run. */
export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}
