/**
 * The sum of the pushes that go into one update, where it is not known beforehand which they are: added up a job each, in
 * the order of their shares, whatever order they came in.
 */
import { allocate, type FloatArray } from '../../../learning/float-array.ts';
import { ParameterServerJob } from '../jobs.ts';
import type { Push } from '../messages.ts';
import { addition } from '../server/bulk-synchronous.ts';
import type { Shard } from '../server/consistency.ts';
import type { Update } from '../shard/shard-state.ts';

export class GroupSum {
  private readonly server: Shard;
  private pushes: readonly Push[] = [];
  private added = 0;
  /** Null under `numerics: 'cost'`. */
  private sum: FloatArray | null = null;

  constructor(server: Shard) {
    this.server = server;
    server.books.set('gradient sum', server.costs.gradientBytes);
  }

  get isEmpty(): boolean {
    return this.pushes.length === 0;
  }

  /** Of one iteration. */
  begin(pushes: readonly Push[]): void {
    const { settings, log } = this.server;
    const { weights } = log.state;
    this.pushes = [...pushes].sort((one, other) => one.share - other.share);
    this.added = 0;
    this.sum = weights && allocate(settings.training.precision, weights.parameters.length);
  }

  /** The job that adds the next. */
  addition(): ParameterServerJob {
    const { sum, server, pushes, added } = this;
    const { log, costs } = server;
    const { iteration, share, gradient } = pushes[added];
    const task = { iteration, version: log.received, worker: share };
    return new ParameterServerJob('add', costs.add, task, addition(sum, gradient));
  }

  /** That job is over. The update of all of them if it was the last, else null. */
  ended(): Update | null {
    const { server, pushes, sum: gradient } = this;
    const { settings, log, books, costs } = server;
    const { training, layout } = settings;
    books.add('pushes', -costs.wireBytes);
    this.added++;
    if (this.added < pushes.length) return null;
    const items = pushes.map(({ iteration, share }) => ({ iteration, share }));
    const samples = items.reduce((sum, item) => sum + layout.samplesIn(training.batch, item), 0);
    const lossSum = gradient && pushes.reduce((sum, { lossSum: loss }) => sum + (loss ?? 0), 0);
    this.pushes = [];
    this.sum = null;
    return { number: log.received, items, samples, gradient, lossSum };
  }
}
