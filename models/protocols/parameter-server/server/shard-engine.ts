/** What the engine of a server is at, and what is next: the updates that wait in order, then what its primary has for it. */
import type { World } from '../../../../engine/world.ts';
import { type ParameterServerJob, updateJob } from '../jobs.ts';
import type { Primary } from './primary.ts';
import type { ShardCosts } from '../shard/shard-costs.ts';
import type { ShardLog } from '../shard/shard-log.ts';
import type { ShardState } from '../shard/shard-state.ts';

export class ShardEngine {
  private readonly world: World;
  private readonly log: ShardLog;
  private readonly costs: ShardCosts;
  /** And for whom: of no use once another state or primary has taken its place. */
  private running: {
    readonly job: ParameterServerJob;
    readonly state: ShardState;
    readonly primary: Primary | null;
  } | null = null;

  constructor(world: World, log: ShardLog, costs: ShardCosts) {
    this.world = world;
    this.log = log;
    this.costs = costs;
  }

  get pass(): ParameterServerJob['pass'] | null {
    return this.running?.job.pass ?? null;
  }

  /** An update of the state is under way. */
  get isUpdating(): boolean {
    return this.pass === 'update' && this.running!.state === this.log.state;
  }

  /** The job is over. True if it was an update of the state. */
  ended(primary: Primary | null): boolean {
    const { isUpdating, running } = this;
    this.running = null;
    if (running!.job.pass === 'add' && running!.primary === primary) primary?.model.jobDone();
    return isUpdating;
  }

  /** Has something to do, if it is free and there is something. */
  advance(primary: Primary | null, epoch: number): void {
    if (this.running !== null) return;
    const { log, costs } = this;
    primary?.sendStates();
    const own = log.pending.length === 0 ? (primary?.model.nextJob() ?? null) : null;
    const job = own ?? (log.pending.length > 0 ? updateJob(log, costs, epoch) : null);
    if (job === null) return;
    this.running = { job, state: log.state, primary };
    this.world.compute(job);
  }
}
