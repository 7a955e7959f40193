/**
 * A run of Downpour SGD once more, in one place: of the run only the order of events is taken, from its jobs and messages.
 * Every weight and every gradient is made anew: a minibatch at a worker's own weights, a plain step by it, and the sum of
 * several as one push (Dean et al. 2012, algorithm 1.1).
 */
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { Optimizer } from '../../../../models/learning/optimizer.ts';
import { shareOf } from '../../../../models/learning/shares.ts';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { SMALL_DATA, type Outcome, type Setup } from './harness.ts';
import { ReferenceNet } from './sequential-reference.ts';

export interface Downpour {
  readonly fetch: number;
  readonly push: number;
  readonly adagrad: boolean;
}

interface Worker {
  readonly weights: FloatArray;
  accrued: FloatArray;
  parts: number;
  /** Updates at the first shard when it fetched, and its own pushes since. */
  fetchedAt: number;
  made: number;
}

/** The final weights, the staleness of every update of the first shard, and how often workers fetched. */
export function replayed(
  setup: Setup,
  { jobs, messages }: Outcome,
  { fetch, push, adagrad }: Downpour,
) {
  const { training, seed = 1, servers = 1, nodes } = setup;
  const { batch, precision, learningRate } = training;
  const workers = nodes - servers;
  const plain = { ...training, optimizer: { kind: 'sgd' as const } };
  const reference = new ReferenceNet(setup.model as MlpSpec, plain, SMALL_DATA.train, seed);
  const { net } = reference;
  const count = net.parameters.length;
  const truth = net.parameters.slice();
  const squares = allocate(precision, count);
  const ranges = Array.from({ length: servers }, (_, shard) => shareOf(count, servers, shard));
  const optimizers = ranges.map(({ low, high }) => new Optimizer(training, high - low));
  const pushes = new Map<string, { gradient: FloatArray; seen: number }>();
  const all = Array.from({ length: workers }, (): Worker => {
    const accrued = allocate(precision, count);
    return { weights: truth.slice(), accrued, parts: 0, fetchedAt: 0, made: 0 };
  });
  const staleness: number[] = [];
  let [updates, fetches] = [0, 0];
  const round = (value: number) => (precision === 32 ? Math.fround(value) : value);

  function minibatch(node: number, iteration: number, share: number): void {
    const worker = all[node];
    const { low, high } = shareOf(batch, workers, share);
    const parts = Math.min(push, high - low);
    const { low: from, high: to } = shareOf(high - low, parts, worker.parts++);
    net.parameters.set(worker.weights);
    reference.addGradient(iteration * batch + low + from, to - from);
    for (let k = 0; k < count; k++) {
      const g = net.gradients[k];
      worker.accrued[k] = worker.parts === 1 ? g : round(worker.accrued[k] + g);
      const scale = round(learningRate / batch);
      if (fetch > 1) worker.weights[k] = round(worker.weights[k] - round(scale * g));
    }
    net.gradients.fill(0);
    if (worker.parts < parts) return;
    const seen = worker.fetchedAt + worker.made++;
    pushes.set(`${iteration}/${share}`, { gradient: worker.accrued.slice(), seen });
    worker.parts = 0;
  }

  function update(shard: number, name: string): void {
    const { low, high } = ranges[shard];
    const { gradient, seen } = pushes.get(name)!;
    if (shard === 0) staleness.push(updates++ - seen);
    if (!adagrad) return optimizers[shard].step(truth.subarray(low, high), gradient.subarray(low));
    for (let k = low; k < high; k++) {
      const g = round(round(1 / batch) * gradient[k]);
      squares[k] = round(squares[k] + round(g * g));
      const spread = round(round(Math.sqrt(squares[k])) + round(1e-8));
      truth[k] = round(truth[k] - round(round(round(learningRate) * g) / spread));
    }
  }

  const events = jobs.map(({ node, job, endNs }) => ({
    timeNs: endNs,
    order: 0,
    happen() {
      const { pass, iteration, worker } = job;
      if (pass === 'gradient') minibatch(node, iteration, worker!);
      if (pass === 'update') update(node - workers, `${iteration}/${worker}`);
    },
  }));
  for (const { message, from, to, sentNs } of messages) {
    const shard = from - workers;
    if (message.kind !== 'pull-reply' || (shard === 0 && (message as any).iteration < 0)) continue;
    const { low, high } = ranges[shard];
    const happen = () => {
      all[to].weights.set(truth.subarray(low, high), low);
      if (shard > 0) return;
      fetches++;
      all[to].fetchedAt = updates;
      all[to].made = 0;
    };
    events.push({ timeNs: sentNs, order: 1, happen });
  }
  events.sort((one, other) => one.timeNs - other.timeNs || one.order - other.order);
  for (const { happen } of events) happen();
  return { weights: truth, staleness, fetches };
}
