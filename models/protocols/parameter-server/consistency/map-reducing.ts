/**
 * Bulk synchronous parallel as a job a step (MapReduce SGD, PROTOCOLS D): after each update its server writes the weights
 * to storage, a job starts, and its workers read them there. No pull is answered before.
 */
import type { ParameterServerJob } from '../jobs.ts';
import type { MapReduce } from '../options.ts';
import { BulkSynchronous, bulkSynchronous } from '../server/bulk-synchronous.ts';
import type { ConsistencyKind, Shard, WorkDesk } from '../server/consistency.ts';

const JOB_START = 'job start';

export class MapReducing extends BulkSynchronous {
  /** Jobs before these have been asked for, and have started. */
  private asked = this.first;
  private started = this.first;

  constructor(
    server: Shard,
    desk: WorkDesk,
    private readonly options: MapReduce,
  ) {
    super(server, desk);
  }

  override nextJob(): ParameterServerJob | null {
    this.askForJob();
    return super.nextJob();
  }

  override serve(): void {
    this.askForJob();
    super.serve();
  }

  override woken(): void {
    this.started = this.asked;
    super.serve();
  }

  /** Who has nothing left to do needs no job to be told so. */
  protected override canServe(clock: number): boolean {
    const isStarted = clock < this.started || clock >= this.server.settings.training.iterations;
    return isStarted && super.canServe(clock);
  }

  /** As soon as the weights of the next are there. Those that a view begins with are in storage. */
  private askForJob(): void {
    const { asked, first, options, server } = this;
    if (asked >= server.settings.training.iterations || !super.canServe(asked)) return;
    this.asked++;
    const transferNs = (server.costs.wireBytes / options.storageBandwidth) * 1e9;
    const transfers = asked === first ? 1 : 2;
    server.world.wake(JOB_START, Math.ceil(options.jobOverhead * 1e9 + transfers * transferNs));
  }
}

export function mapReducing(options: MapReduce): ConsistencyKind {
  return {
    ...bulkSynchronous,
    alarm: JOB_START,
    create: (shard, desk) => new MapReducing(shard, desk, options),
  };
}
