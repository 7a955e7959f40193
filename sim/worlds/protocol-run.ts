/** The result of a world for one protocol of a scenario. Plain data: it crosses threads as it is. */
import type { RunResult } from '../../engine/result.ts';
import type { Explanation } from '../../models/observers/explainer.ts';
import type { FaultRecord } from '../../models/observers/fault-record.ts';
import type { TrainingRecord } from '../../models/observers/training-record.ts';
import type { SpooledTrace } from '../output/trace-spool.ts';

export interface ProtocolRun {
  /** Place of the protocol in the scenario's list. */
  readonly index: number;
  readonly roles: readonly string[];
  readonly result: RunResult;
  readonly training: TrainingRecord;
  /** What faults did; left out where nothing can fail. */
  readonly faults?: FaultRecord;
  /** Where its time went, if that was asked for. */
  readonly explanation?: Explanation;
  readonly wallSeconds: number;
  /** Its trace in the spool file, if one was asked for. */
  readonly trace: SpooledTrace | null;
  /** What the ranks of a pipeline did, a line each, if that is to be written. */
  readonly schedule?: readonly string[];
}

/** Whether a run has begun: one that was interrupted before its first event has no results. */
export function hasBegun({ result }: ProtocolRun): boolean {
  return result.outcome !== 'interrupted' || result.events > 0;
}
