/**
 * A run under stale synchronous parallel once more, in one place: of the run only the order of events is taken, from its
 * jobs and messages. Every weight and every gradient is made anew, by plain steps.
 */
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { shareOf } from '../../../../models/learning/shares.ts';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { SMALL_DATA, type Outcome, type Setup } from './harness.ts';
import { ReferenceNet } from './sequential-reference.ts';

interface Event {
  readonly timeNs: number;
  /** Jobs end before messages are sent. */
  readonly order: number;
  happen(): void;
}

/** The final weights, and the updates that some read should have seen and has not. */
export function replayedWeights(setup: Setup, { jobs, messages }: Outcome, slack: number) {
  const { training, seed = 1, servers = 1, nodes } = setup;
  const { batch, precision, learningRate } = training;
  const workers = nodes - servers;
  const reference = new ReferenceNet(
    setup.model as MlpSpec,
    { ...training, optimizer: { kind: 'sgd' } },
    SMALL_DATA.train,
    seed,
  );
  const { net } = reference;
  const count = net.parameters.length;
  const truth = net.parameters.slice();
  const low = (shard: number) => shareOf(count, servers, shard).low;
  const high = (shard: number) => shareOf(count, servers, shard).high;
  const gradients = new Map<string, FloatArray>();
  /** By server: what is in its weights. */
  const applied = Array.from({ length: servers }, () => new Set<string>());
  const local = Array.from({ length: workers }, () => truth.slice());
  /** By worker and shard: what is in its weights. */
  const read = local.map(() => applied.map(() => new Set<string>()));
  const missing: string[] = [];
  const single = precision === 32;
  const round = (value: number) => (single ? Math.fround(value) : value);
  const scale = round(learningRate / batch);

  function step(weights: FloatArray, gradient: FloatArray, from: number, to: number): void {
    for (let k = from; k < to; k++) weights[k] -= round(scale * gradient[k]);
  }

  function compute(worker: number, iteration: number, share: number): void {
    for (const [shard, seen] of read[worker].entries())
      for (let clock = 0; clock < iteration; clock++)
        for (let other = 0; other < workers; other++) {
          const mustSee = other === worker || clock < iteration - slack;
          if (mustSee && !seen.has(`${clock}/${other}`))
            missing.push(`${iteration}/${share} lacks ${clock}/${other} of shard ${shard}`);
        }
    const { low: first, high: end } = shareOf(batch, workers, share);
    net.parameters.set(local[worker]);
    reference.addGradient(iteration * batch + first, end - first);
    const gradient = net.gradients.slice();
    net.gradients.fill(0);
    gradients.set(`${iteration}/${share}`, gradient);
    if (slack > 0) step(local[worker], gradient, 0, count);
    for (const seen of read[worker]) seen.add(`${iteration}/${share}`);
  }

  function update(shard: number, items: readonly { iteration: number; share: number }[]): void {
    const sum = allocate(precision, count);
    for (const { iteration, share } of items) {
      const gradient = gradients.get(`${iteration}/${share}`)!;
      for (let k = low(shard); k < high(shard); k++) sum[k] += gradient[k];
      applied[shard].add(`${iteration}/${share}`);
    }
    step(truth, sum, low(shard), high(shard));
  }

  const events: Event[] = jobs.map(({ node, job, endNs }) => ({
    timeNs: endNs,
    order: 0,
    happen() {
      const { pass, iteration, worker } = job;
      if (pass === 'gradient') compute(node, iteration, worker!);
      if (pass === 'update') update(node - workers, job.items ?? [{ iteration, share: worker! }]);
    },
  }));
  for (const { message, from, to, sentNs } of messages) {
    if (message.kind !== 'pull-reply') continue;
    const shard = from - workers;
    // The worker waits for all replies before it computes.
    const happen = () => {
      local[to].set(truth.subarray(low(shard), high(shard)), low(shard));
      read[to][shard] = new Set(applied[shard]);
    };
    events.push({ timeNs: sentNs, order: 1, happen });
  }
  events.sort((one, other) => one.timeNs - other.timeNs || one.order - other.order);
  for (const { happen } of events) happen();
  return { weights: truth, missing };
}
