/**
 * The run in one object: what `summary.json` holds, one a protocol. The field names are fixed (docs/results.md):
 * tools and expectations rely on them.
 */
import type { FaultKind } from '../engine/faults/fault-rule.ts';
import type { RunOutcome } from '../engine/result.ts';
import type { FaultRecord } from '../models/observers/fault-record.ts';
import type { Cause } from '../models/observers/waiting/causes.ts';
import type { WorldKind } from './report-input.ts';

/** Over nodes. */
export interface Spread {
  mean: number;
  max: number;
  min: number;
}

/** The five states of PROTOCOLS section F as fractions of the run's time; the means sum to 1. */
export interface Accounting {
  busy: Spread;
  redo: Spread;
  comm: Spread;
  idle: Spread;
  down: Spread;
}

export interface LinkUtilisation {
  id: string;
  utilisation: number;
  /** The same in each of as many equal parts of the run's time. */
  utilisationOverTime: number[];
}

/** Exactly one of the first two is present. */
export interface SummaryTime {
  modelledSeconds?: number;
  measuredSeconds?: number;
  wallSeconds: number;
  events: number;
  eventsPerSecond: number;
}

export interface Target {
  accuracy: number;
  seconds: number;
  samples: number;
}

export interface SummaryTraining {
  iterations: number;
  samples: number;
  /** Over the whole run. */
  samplesPerSecond: number;
  /** Mean over the iterations but the first, which fills pipelines; null when fewer than two ended. */
  iterationSeconds: number | null;
  firstLoss: number | null;
  /** Mean over the last tenth of the iterations; one mini-batch alone says little. */
  lastTenthLoss: number | null;
  finalLoss: number | null;
  finalTestLoss: number | null;
  finalAccuracy: number | null;
  /** When, and after how many samples, the accuracy that ends the run was there; null where it was not. */
  target: Target | null;
  /** Iteration in which the loss stopped being a finite number; null where it did not. */
  divergedAt: number | null;
  weightsSha256: string | null;
}

/** Of the iterations between the first and the last tenth of them. */
export interface Steady {
  iterations: number;
  samplesPerSecond: number;
  /** How long the parts before and behind were. */
  warmUpSeconds: number;
  drainSeconds: number;
  /** Against one node of the kind that holds all layers; null in real worlds, whose speed nobody states. */
  speedUp: number | null;
  /** FLOPs of forward and backward over those that all hosts could do; null likewise. */
  flopUtilisation: number | null;
}

/** One fault. Null: it did not happen, or there was nothing to measure. */
export interface SummaryFault {
  kind: FaultKind;
  /** Place of its rule in the scenario's list. */
  rule: number;
  nodes: readonly number[];
  struckSeconds: number;
  /** Null where it lasted to the end of the run. */
  endSeconds: number | null;
  detectedSeconds: number | null;
  detectedAfterSeconds: number | null;
  /** When the first iteration was committed after the repair; null too where none was needed. */
  recoveredSeconds: number | null;
  recoveredAfterSeconds: number | null;
  /** Null where no node is left that knows. */
  redoneSamples: number | null;
  /** Null in real worlds, where the cause of a lost message is not seen. */
  messagesLost: number | null;
  /** Parameters whose last copy it took. */
  lost: number;
  samplesPerSecondBefore: number | null;
  samplesPerSecondAfter: number | null;
  iterationsSince: number;
}

export interface MeanAndMax {
  mean: number;
  max: number;
}

/** Over all faults of a run. */
export interface Resilience {
  strikes: number;
  /** Faults without an entry of their own, because there were too many. */
  strikesLeftOut: number;
  detected: number;
  recovered: number;
  detectedAfterSeconds: MeanAndMax | null;
  recoveredAfterSeconds: MeanAndMax | null;
  /** Null where no node is left that knows. */
  redoneSamples: number | null;
  messagesLost: number;
  lost: FaultRecord['lost'];
  /** Epochs begun after the first, and how many of them from a checkpoint. */
  recoveries: number;
  restarts: number;
  halts: number;
  checkpoints: number;
  lastCheckpoint: number | null;
  /** Against the same run without faults, where that was run too; null where one of the two has no such figure. */
  finalLossDifference?: number | null;
  weightsEqualToFaultless?: boolean | null;
  /** Time with faults over time without. */
  slowdown?: number | null;
}

/** Means over all iterations but the first. */
export interface CriticalPath {
  iterations: number;
  iterationSeconds: number;
  /** Failures, alarms and disks on it. */
  otherSeconds: number;
  /** By how much an iteration shrinks, at most, with each made infinitely fast; the largest first. */
  resources: { resource: string; savedSeconds: number }[];
}

export interface Summary {
  protocol: string;
  label: string;
  world: WorldKind;
  seed: number;
  nodes: number;
  /** Over the seed and every event: what happened, and when. */
  digest: string;
  /** Over losses and weights, which events do not show; null where nothing was computed. */
  numbersDigest: string | null;
  partial: boolean;
  outcome: RunOutcome;
  failure: string | null;
  time: SummaryTime;
  training: SummaryTraining;
  /** Null where no iteration is left between warm-up and drain. */
  steady: Steady | null;
  accounting: Accounting;
  accountingByRole: Record<string, Accounting>;
  /** comm + idle: the dissertation's measure of idleness. */
  waiting: Spread;
  /** With `--explain` alone: what of that is due to each cause. */
  waitingByCause?: Record<Cause, Spread>;
  /** With `--explain` alone; null where no iteration was noted. */
  criticalPath?: CriticalPath | null;
  network: {
    messages: number;
    bytes: number;
    /** Sent and received, of the node with the most. */
    bytesPerNodeMax: number;
    busiestLink: LinkUtilisation | null;
    busiestLinks: LinkUtilisation[];
  };
  memory: {
    peakBytesMax: number;
    peakBytesMean: number;
    /** The largest part of a host's memory that was held, and by which node; null where no host has a limit. */
    usedMax: { share: number; node: number } | null;
    /** Peak of each item of the ledger, of the node with the most; largest first. */
    items: Record<string, number>;
  };
  staleness: { mean: number; max: number; count: number };
  /** Blocks that changed owners for the sake of balance, and how often that was. */
  moved: { times: number; blocks: number; blocksPer100Iterations: number };
  /** The first faults, in order of time. */
  faults: SummaryFault[];
  /** Over all faults; null where the scenario has none. */
  resilience: Resilience | null;
  warnings: string[];
}
