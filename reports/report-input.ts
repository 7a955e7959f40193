/**
 * The input of every report: one run of one protocol, as a world leaves it. It may come from another thread. Of
 * training it has only what the reports print.
 */
import type { HostSpec } from '../engine/host-spec.ts';
import type { Topology } from '../engine/network/topology.ts';
import type { RunResult } from '../engine/result.ts';
import type { NominalRates } from '../models/costs/nominal.ts';
import type { Explanation } from '../models/observers/explainer.ts';
import type { FaultRecord } from '../models/observers/fault-record.ts';

/** Simulated worlds model time, real ones measure it; the two never share a column. */
export type WorldKind = 'simulated' | 'threads' | 'processes' | 'hosts';

/** One optimizer step worth of samples. Losses and accuracy are null where they were not computed. */
export interface IterationFigures {
  readonly iteration: number;
  /** When it ended, in nanoseconds of the run. */
  readonly timeNs: number;
  /** Samples consumed since the start of the run. */
  readonly samples: number;
  readonly loss: number | null;
  readonly testLoss: number | null;
  readonly accuracy: number | null;
  /** Bytes handed to the network since the start of the run. */
  readonly bytes?: number;
}

/** The part of a training record that reports print. */
interface TrainingFigures {
  readonly iterations: readonly IterationFigures[];
  readonly samples: number;
  /** Where the loss stopped being a finite number; null where it did not. */
  readonly divergence: { readonly iteration: number; readonly text: string } | null;
  /** `count` is 0 where the protocol has no staleness. */
  readonly staleness: { readonly mean: number; readonly max: number; readonly count: number };
  /** Blocks that changed owners for the sake of balance, and how often that was. */
  readonly moved: { readonly times: number; readonly blocks: number };
}

/** Figures of the same run without faults, for comparison. */
export interface FaultlessFigures {
  readonly isFinished: boolean;
  readonly timeNs: number;
  readonly finalLoss: number | null;
  readonly weightsSha256: string | null;
}

export interface ReportInput {
  readonly scenario: {
    readonly name: string;
    readonly seed: number;
    /** Kind of the protocol, and its label, which tells it from others of its kind. */
    readonly kind: string;
    readonly label: string;
    /** The accuracy that ends the run; left out where none does. */
    readonly targetAccuracy?: number;
  };
  readonly world: WorldKind;
  /** The part each node plays; one a node. */
  readonly roles: readonly string[];
  /** How much each node may hold; one a node. */
  readonly hosts: readonly Pick<HostSpec, 'memoryBytes'>[];
  readonly run: RunResult;
  /** Its links: names, bandwidths and latencies. */
  readonly topology: Pick<Topology, 'link'>;
  readonly training: TrainingFigures;
  /** What the hosts could do by the cost model; left out in real worlds, whose hosts state no speed. */
  readonly nominal?: NominalRates;
  /** 64 hex digits over the final weights; null when there are none. */
  readonly weightsSha256: string | null;
  /** 16 hex digits over losses and weights; null where nothing was computed. */
  readonly numbersDigest: string | null;
  readonly wallSeconds: number;
  /** True when the run was cut short, so that its figures cover only a part of the work. */
  readonly partial: boolean;
  /** What faults did; left out where the scenario has none. */
  readonly faults?: FaultRecord;
  /** Where its time went and why; left out where nobody asked. */
  readonly explanation?: Explanation;
  /** The same run without faults, where that was run too. */
  readonly faultless?: FaultlessFigures;
  /** Warnings about the run, a sentence each; such as a fault that had no effect. */
  readonly warnings?: readonly string[];
}

/** `modelled` or `measured`: the first word of every column and row that holds a time of the run. */
export function timeKind(world: WorldKind): 'modelled' | 'measured' {
  return world === 'simulated' ? 'modelled' : 'measured';
}
