/** Each field that says what things weigh is in the memory ledger to the byte: by a closed form, or by events of the run. */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../engine/node-accounts.ts';
import type { Observer } from '../../../engine/observer.ts';
import type { Job, Message } from '../../../engine/world.ts';
import { shareOf } from '../../../models/learning/shares.ts';
import type { ModelSpec } from '../../../models/spec/model.ts';
import { OPTIMIZER_SLOTS, type TrainingSpec } from '../../../models/spec/training.ts';
import { trainingOf as resolvedTraining } from '../../../sim/training.ts';
import { host, runProtocol, SPEED, trainingOf } from '../protocols/ring-tmp/harness.ts';

const BATCH = 12;
const BYTES = { weights: 3, gradients: 5, optimizer: 7, master: 2, activations: 11, wire: 13 };

interface Run {
  readonly model: ModelSpec;
  readonly nodes: number;
  readonly training?: Partial<TrainingSpec>;
  readonly speeds?: readonly number[];
  readonly observer?: Observer;
}

/** What each node held of every item at its peak. */
function peaks({ model, nodes, training, speeds, observer }: Run, protocol: { kind: string }) {
  const { result } = runProtocol(
    {
      hosts: Array.from({ length: nodes }, (_, node) => host(speeds?.[node] ?? SPEED)),
      model,
      training: trainingOf({ batch: BATCH, bytes: BYTES, ...training }),
      observer,
    },
    protocol,
  );
  if (result.failure !== null) throw new Error(result.failure.message);
  return [...eachAccount(result.nodes)].map(({ memoryItems }) => memoryItems);
}

const layer = fc.record({
  name: fc.constant('x'),
  forwardFlops: fc.integer({ min: 1, max: 9000 }),
  backwardFlops: fc.integer({ min: 1, max: 9000 }),
  parameters: fc.integer({ min: 1, max: 90 }),
  outputElements: fc.integer({ min: 1, max: 50 }),
  carryElements: fc.integer({ min: 1, max: 50 }),
});
const layers = fc.array(layer, { minLength: 2, maxLength: 5 });
const costs = (list: typeof layers extends fc.Arbitrary<infer L> ? L : never): ModelSpec => ({
  ...{ kind: 'costs', layers: list, inputElements: 4 },
});

/**
 * The buffers of each stage from what happens to it: a carry from when it is taken to its forward, a gradient to the end of
 * its backward. A node that computes takes nothing; what has come is taken when its job ends.
 */
class BufferReplay implements Observer {
  readonly peak: number[];
  private readonly held: number[];
  private readonly waiting: number[];
  private readonly busy: boolean[];

  /** `cuts[i]`: bytes of a micro-batch over the cut behind node i. */
  constructor(private readonly cuts: readonly number[]) {
    const zeros = () => new Array<number>(cuts.length + 1).fill(0);
    [this.peak, this.held, this.waiting] = [zeros(), zeros(), zeros()];
    this.busy = zeros().map(() => false);
  }

  messageDelivered(_: number, _from: number, to: number, { kind }: Message): void {
    if (kind !== 'FWD' && kind !== 'BWD') return;
    this.waiting[to] += this.cuts[kind === 'FWD' ? to - 1 : to];
    if (!this.busy[to]) this.take(to);
  }

  jobStarted(node: number, job: Job): void {
    this.busy[node] = true;
    if ((job as Job & { pass: string }).pass === 'forward' && node > 0)
      this.held[node] -= this.cuts[node - 1];
  }

  jobEnded(node: number, job: Job): void {
    this.busy[node] = false;
    this.take(node);
    if ((job as Job & { pass: string }).pass === 'backward' && node < this.cuts.length)
      this.held[node] -= this.cuts[node];
  }

  private take(node: number): void {
    this.held[node] += this.waiting[node];
    this.waiting[node] = 0;
    this.peak[node] = Math.max(this.peak[node], this.held[node]);
  }
}

t.test('carryElements: buffers are the carries and gradients that are there', async (t) => {
  let several = 0;
  fc.assert(
    fc.property(
      layers,
      fc.constantFrom('gpipe', '1f1b', 'ring-tmp'),
      fc.constantFrom('none', 'all', 'except-last'),
      fc.constantFrom(1, 2, 3, 4, 6, 12),
      fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 5, maxLength: 5 }),
      (list, kind, recompute, microBatches, speeds) => {
        const samples = BATCH / microBatches;
        const cuts = list.slice(0, -1).map((one) => BYTES.wire * samples * one.carryElements);
        const observer = new BufferReplay(cuts);
        const run = {
          ...{ model: { ...costs(list), bounds: list.map((_, at) => at).concat(list.length) } },
          ...{ nodes: list.length, training: { microBatches }, observer },
          speeds: speeds.map((speed) => speed * 1e8),
        };
        const held = peaks(run, { kind, recompute } as { kind: string });
        if (held.some(({ buffers = 0 }, at) => buffers > (cuts[at - 1] ?? 0) + (cuts[at] ?? 0)))
          several++;
        return held.every(({ buffers = 0 }, node) => buffers === observer.peak[node]);
      },
    ),
    { numRuns: 300 },
  );
  t.ok(several > 50, `${several} held several carries at once`);
});

t.test('splits: two stages share the state and activations of a layer between them', async () => {
  const split = fc.integer({ min: 2, max: 8 }).chain((splits) =>
    fc.record({
      splits: fc.constant(splits),
      cut: fc.integer({ min: 1, max: splits - 1 }),
      parameters: fc.integer({ min: 8, max: 99 }),
      outputElements: fc.integer({ min: 8, max: 50 }),
      keptElements: fc.integer({ min: 0, max: 99 }),
      inputElements: fc.integer({ min: 1, max: 50 }),
      microBatches: fc.constantFrom(1, 3, 12),
    }),
  );
  fc.assert(
    fc.property(split, ({ splits, cut, inputElements, microBatches, ...sizes }) => {
      const before = (whole: number) => Math.floor((cut * whole) / splits);
      const one = { ...{ name: 'x', forwardFlops: 64, backwardFlops: 64, splits }, ...sizes };
      const model: ModelSpec = {
        ...{ kind: 'costs', layers: [one], inputElements, bounds: [0, cut / splits, 1] },
      };
      const held = peaks({ model, nodes: 2, training: { microBatches } }, { kind: 'gpipe' });
      const { parameters, keptElements } = sizes;
      return [0, 1].every((stage) => {
        const share = (whole: number) => (stage === 0 ? before(whole) : whole - before(whole));
        return (
          held[stage].weights === BYTES.weights * share(parameters) &&
          held[stage].gradients === BYTES.gradients * share(parameters) &&
          held[stage].optimizer === BYTES.master * share(parameters) &&
          held[stage].activations ===
            BYTES.activations * BATCH * (inputElements + share(keptElements))
        );
      });
    }),
    { numRuns: 200 },
  );
});

t.test('precision 16: elements take 2 bytes, slots and the copy of the weights 4', async (t) => {
  const model = costs([
    {
      name: 'x',
      forwardFlops: 9,
      backwardFlops: 9,
      parameters: 70,
      outputElements: 5,
      carryElements: 5,
    },
    {
      name: 'x',
      forwardFlops: 9,
      backwardFlops: 9,
      parameters: 30,
      outputElements: 6,
      carryElements: 6,
    },
  ]);
  for (const kind of ['sgd', 'momentum', 'adam'] as const) {
    const optimizer = { kind, momentum: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const { bytes } = resolvedTraining({
      ...trainingOf({ batch: BATCH, microBatches: 1 }),
      ...{ optimizer, precision: 16 },
    } as never);
    const training = { bytes, optimizer: optimizer as never, microBatches: 1 };
    const [held] = peaks({ model, nodes: 1, training }, { kind: 'seq-sgd' });
    t.equal(held.weights, 2 * 100);
    t.equal(held.gradients, 2 * 100);
    t.equal(held.optimizer, (4 + 4 * OPTIMIZER_SLOTS[kind]) * 100);
    t.equal(held.activations, 2 * BATCH * (4 + 10 + 5 + 12));
  }
});

t.test('accumulate: a worker keeps the activations of one of its micro-batches', async () => {
  fc.assert(
    fc.property(
      layers,
      fc.constantFrom('ps-bsp', 'ps-asp', 'ps'),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.integer({ min: 1, max: 2000 })),
      (list, kind, workers, accumulate, bucketBytes) => {
        const overlap = bucketBytes === null ? null : { bucketBytes };
        const options = { kind, accumulate, overlap };
        const held = peaks({ model: costs(list), nodes: workers + 1 }, options);
        const P = list.reduce((sum, { parameters }) => sum + parameters, 0);
        const kept = list.reduce(
          (sum, { outputElements }, at) =>
            sum + 2 * outputElements + (at === 0 ? 4 : list[at - 1].outputElements),
          0,
        );
        return held.slice(0, workers).every((items, worker) => {
          const { low, high } = shareOf(BATCH, workers, worker);
          const largest = Math.ceil((high - low) / Math.min(accumulate, high - low));
          return (
            items.weights === BYTES.weights * P &&
            items.gradients === BYTES.gradients * P &&
            items.activations === BYTES.activations * largest * kept
          );
        });
      },
    ),
    { numRuns: 200 },
  );
});

t.test('fields of time alone change no byte', async () => {
  fc.assert(
    fc.property(
      layers,
      fc.constantFrom('seq-sgd', 'gpipe', 'all-reduce', 'local-sgd', 'ps-bsp'),
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 0, max: 1 }),
      (list, kind, overheadNs, part) => {
        const nodes = kind === 'seq-sgd' ? 1 : list.length;
        const timed = list.map((one) => ({
          ...{ ...one, overheadNs },
          weightGradientFlops: Math.floor(part * one.backwardFlops),
        }));
        const training = { microBatches: 1 };
        const items = (some: typeof list) => {
          const held = peaks({ model: costs(some), nodes, training }, { kind });
          return JSON.stringify(
            held.map(({ weights, gradients, optimizer, activations }) => [
              weights,
              gradients,
              optimizer,
              activations,
            ]),
          );
        };
        return items(list) === items(timed);
      },
    ),
    { numRuns: 100 },
  );
});
