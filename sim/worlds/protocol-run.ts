/** What a world hands back for one protocol of a scenario. Plain data: it crosses threads as it is. */
import type { RunResult } from '../../engine/result.ts';
import type { FaultRecord } from '../../models/observers/fault-record.ts';
import type { TrainingRecord } from '../../models/observers/training-record.ts';
import type { SpooledTrace } from '../output/trace-spool.ts';

export interface ProtocolRun {
  /** Place of the protocol in the scenario's list. */
  readonly index: number;
  readonly roles: readonly string[];
  readonly result: RunResult;
  readonly training: TrainingRecord;
  /** What failures did; left out where nothing can fail. */
  readonly faults?: FaultRecord;
  readonly wallSeconds: number;
  /** Where its trace lies, where one was asked for. */
  readonly trace: SpooledTrace | null;
}

/** Whether a run has got anywhere: of one that was interrupted before its first event there is nothing to tell. */
export function hasBegun({ result }: ProtocolRun): boolean {
  return result.outcome !== 'interrupted' || result.events > 0;
}
