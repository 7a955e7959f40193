/** A job of a worker or a server, with what observers may want to know: its pass, iteration, and version of the weights. */
import type { Job, JobProfile, NodeId } from '../../../engine/world.ts';
import type { JobCosts } from '../../costs/job-profiles.ts';
import type { WorkItem } from './work-item.ts';
import type { ShardCosts } from './shard/shard-costs.ts';
import type { ShardLog } from './shard/shard-log.ts';

interface Task {
  /** The iteration the work belongs to; for an update of ASP the clock of the push it applies. */
  readonly iteration: number;
  /** Updates in the weights that the work reads. */
  readonly version: number;
  /** Whose gradient it is, or the first of several; null for an update of all of them. */
  readonly worker: number | null;
  /** Left out for work that comes to nothing with the view. */
  readonly epoch?: number;
  /** Which part of the gradient, where it takes several jobs. */
  readonly part?: number;
  /** The gradients of an update of several that is not of a whole iteration. */
  readonly items?: readonly WorkItem[];
}

export class ParameterServerJob implements Job {
  readonly pass: 'gradient' | 'multiply' | 'add' | 'update';
  readonly flops: number;
  readonly profile: JobProfile;
  readonly iteration: number;
  readonly version: number;
  readonly worker: number | null;
  readonly epoch: number | undefined;
  readonly run: () => void;
  readonly items: readonly WorkItem[] | undefined;
  /** Who does it, on a node that has several seats. */
  seat: NodeId | undefined = undefined;
  private readonly part: number | undefined;

  constructor(
    pass: ParameterServerJob['pass'],
    { flops, profile }: JobCosts,
    { iteration, version, worker, epoch, part, items }: Task,
    run: () => void,
  ) {
    this.pass = pass;
    this.flops = flops;
    this.profile = profile;
    this.iteration = iteration;
    this.version = version;
    this.worker = worker;
    this.epoch = epoch;
    this.part = part;
    this.items = items;
    this.run = run;
  }

  get step(): number | undefined {
    return this.epoch === undefined ? undefined : this.iteration;
  }

  /** In words only where somebody reads them. */
  get name(): string {
    const { pass, iteration, worker, part, items } = this;
    const more = items === undefined ? '' : `+${items.length - 1}`;
    const whose = worker === null ? '' : `/${worker}`;
    return `${pass} ${iteration}${whose}${part === undefined ? '' : `.${part}`}${more}`;
  }
}

/** The job of the next update that waits. */
export function updateJob(
  { state, pending }: ShardLog,
  { update, addAndUpdate }: ShardCosts,
  epoch: number,
): ParameterServerJob {
  const { items, number: version } = pending[0];
  const run = state.work(pending[0]);
  if (items === null) {
    const task = { iteration: version, version, worker: null, epoch };
    return new ParameterServerJob('update', update, task, run);
  }
  const [{ iteration, share: worker }] = items;
  if (items.length === 1) {
    const task = { iteration, version, worker, epoch };
    return new ParameterServerJob('update', addAndUpdate, task, run);
  }
  // What is made of several has been added up before.
  const task = { iteration, version, worker, epoch, items };
  return new ParameterServerJob('update', update, task, run);
}
