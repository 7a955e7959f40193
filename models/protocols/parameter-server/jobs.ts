/**
 * Jobs with what observers may want to know of them: which pass, of which iteration, with which weights.
 */
import type { Job } from '../../../engine/world.ts';
import type { ShardCosts } from './shard/shard-costs.ts';
import type { ShardLog } from './shard/shard-log.ts';

export interface ParameterServerJob extends Job {
  readonly pass: 'gradient' | 'add' | 'update';
  /** The iteration the work belongs to; for an update of ASP the clock of the push it applies. */
  readonly iteration: number;
  /** Updates in the weights that the work reads. */
  readonly version: number;
  /** Whose gradient it is; null for an update of all of them. */
  readonly worker: number | null;
}

/** The job of the next update that waits. */
export function updateJob(
  { state, pending }: ShardLog,
  { update, addAndUpdate }: ShardCosts,
  epoch: number,
): ParameterServerJob {
  const { iteration, share, number } = pending[0];
  const { flops, profile } = share === null ? update : addAndUpdate;
  return {
    name: share === null ? `update ${iteration}` : `update ${iteration}/${share}`,
    flops,
    profile,
    run: state.work(pending[0]),
    step: iteration,
    epoch,
    pass: 'update',
    iteration,
    version: number,
    worker: share,
  };
}
