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
  /** What it is at; null while it is free. */
  pass: ParameterServerJob['pass'] | null = null;
  /** And for whom: of no use once another state or primary has taken its place. */
  private state: ShardState;
  private primary: Primary | null = null;

  constructor(world: World, log: ShardLog, costs: ShardCosts) {
    this.world = world;
    this.log = log;
    this.costs = costs;
    this.state = log.state;
  }

  /** An update of the state is under way. */
  get isUpdating(): boolean {
    return this.pass === 'update' && this.state === this.log.state;
  }

  /** The job is over. True if it was an update of the state. */
  ended(primary: Primary | null): boolean {
    const { isUpdating, pass } = this;
    this.pass = null;
    if (pass !== 'update' && this.primary === primary) primary?.jobDone(pass);
    return isUpdating;
  }

  /** Has something to do, if it is free and there is something. */
  advance(primary: Primary | null, epoch: number): void {
    if (this.pass !== null) return;
    const { log, costs } = this;
    primary?.sendStates();
    const own = log.pending.length === 0 ? (primary?.nextJob() ?? null) : null;
    const job = own ?? (log.pending.length > 0 ? updateJob(log, costs, epoch) : null);
    if (job === null) return;
    this.pass = job.pass;
    this.state = log.state;
    this.primary = primary;
    this.world.compute(job);
  }
}
