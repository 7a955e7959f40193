/** The memory ledger holds to the byte what closed forms say, whatever each kind of element takes. */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';
import { shareOf } from '../../../models/learning/shares.ts';
import { OPTIMIZER_SLOTS, type OptimizerSpec } from '../../../models/spec/training.ts';
import { host, runProtocol, SPEED, trainingOf } from '../protocols/ring-tmp/harness.ts';

const size = fc.integer({ min: 1, max: 9 });
const bytes = fc.record({
  ...{ weights: size, gradients: size, optimizer: size, master: fc.integer({ min: 0, max: 9 }) },
  ...{ activations: size, wire: size },
});
const count = fc.integer({ min: 0, max: 50 });
const layer = fc.record({
  name: fc.constant('x'),
  forwardFlops: fc.integer({ min: 1, max: 900 }),
  backwardFlops: fc.integer({ min: 1, max: 900 }),
  parameters: fc.integer({ min: 1, max: 90 }),
  outputElements: fc.integer({ min: 1, max: 50 }),
  carryElements: fc.option(count, { nil: undefined }),
  keptElements: fc.option(count, { nil: undefined }),
});
const optimizer = fc.constantFrom<OptimizerSpec>(
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
);
const work = fc.record({
  bytes,
  optimizer,
  layers: fc.array(layer, { minLength: 2, maxLength: 5 }),
  microBatches: fc.constantFrom(1, 2, 3, 4, 6, 12),
  inputElements: fc.integer({ min: 1, max: 50 }),
});
const BATCH = 12;

/** Runs it on so many nodes; what each held of every item at its peak, and the sizes of messages by kind. */
function run(
  {
    bytes,
    optimizer,
    layers,
    microBatches,
    inputElements,
  }: typeof work extends fc.Arbitrary<infer W> ? W : never,
  nodes: number,
  protocol: { kind: string },
) {
  const { result, messages } = runProtocol(
    {
      hosts: Array.from({ length: nodes }, () => host(SPEED)),
      model: { kind: 'costs', layers, inputElements },
      training: trainingOf({ bytes, optimizer, microBatches, batch: BATCH }),
    },
    protocol,
  );
  const sizesOf = (kind: string) =>
    messages
      .filter(({ message }) => message.kind === kind)
      .map(({ from, bytes }) => ({ from, bytes: bytes - MESSAGE_HEADER_BYTES }));
  return { items: [...eachAccount(result.nodes)].map(({ memoryItems }) => memoryItems), sizesOf };
}

/** Elements that a sample keeps in those layers. */
function keptOf(
  {
    layers,
    inputElements,
  }: {
    layers: readonly { outputElements: number; keptElements?: number }[];
    inputElements: number;
  },
  at: number,
) {
  const { outputElements, keptElements = 2 * outputElements } = layers[at];
  return (at === 0 ? inputElements : layers[at - 1].outputElements) + keptElements;
}

t.test(
  'A.6: a stage of gpipe holds its state, and the activations of all micro-batches',
  async (t) => {
    fc.assert(
      fc.property(work, (drawn) => {
        const { bytes, optimizer, layers, microBatches } = drawn;
        const { items, sizesOf } = run(drawn, layers.length, { kind: 'gpipe' });
        const samples = BATCH / microBatches;
        const cutBytes = (at: number) =>
          bytes.wire * samples * (layers[at].carryElements ?? layers[at].outputElements);
        return (
          items.every((held, at) => {
            const { parameters } = layers[at];
            const slots = OPTIMIZER_SLOTS[optimizer.kind];
            return (
              held.weights === bytes.weights * parameters &&
              held.gradients === bytes.gradients * parameters &&
              (held.optimizer ?? 0) === (bytes.master + slots * bytes.optimizer) * parameters &&
              (held.activations ?? 0) === bytes.activations * BATCH * keptOf(drawn, at)
            );
          }) &&
          sizesOf('FWD').every(({ from, bytes }) => bytes === cutBytes(from)) &&
          sizesOf('BWD').every(({ from, bytes }) => bytes === cutBytes(from - 1))
        );
      }),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test(
  'A.6: whoever holds the whole model holds its state and the activations of its samples',
  async (t) => {
    fc.assert(
      fc.property(
        work,
        fc.constantFrom('seq-sgd', 'ps-bsp', 'ps-asp', 'local-sgd'),
        fc.integer({ min: 2, max: 5 }),
        (drawn, kind, nodes) => {
          const { bytes, optimizer, layers } = drawn;
          const { items, sizesOf } = run(drawn, nodes, { kind });
          const P = layers.reduce((sum, { parameters }) => sum + parameters, 0);
          const kept = layers.reduce((sum, _, at) => sum + keptOf(drawn, at), 0);
          const state = (bytes.master + OPTIMIZER_SLOTS[optimizer.kind] * bytes.optimizer) * P;
          const server = kind.startsWith('ps') ? nodes - 1 : null;
          const trainers = kind === 'seq-sgd' ? 1 : (server ?? nodes);
          return (
            items.slice(0, trainers).every((held, worker) => {
              const { low, high } = shareOf(BATCH, trainers, worker);
              return (
                held.weights === bytes.weights * P &&
                held.gradients === bytes.gradients * P &&
                (held.optimizer ?? 0) === (server === null ? state : 0) &&
                held.activations === bytes.activations * (high - low) * kept
              );
            }) &&
            (server === null ||
              (items[server].weights === bytes.weights * P &&
                (items[server].optimizer ?? 0) === state &&
                (kind !== 'ps-bsp' || items[server]['gradient sum'] === bytes.gradients * P) &&
                items[server].pushes % (bytes.wire * P) === 0)) &&
            sizesOf('push').every((push) => push.bytes === bytes.wire * P + 8)
          );
        },
      ),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test('D: a server holds its shard, and with backups the weights before as well', async (t) => {
  let several = 0;
  fc.assert(
    fc.property(
      work,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      (drawn, needed, servers, backupWorkers) => {
        const { bytes, optimizer, layers } = drawn;
        const nodes = needed + backupWorkers + servers;
        const options = { kind: 'ps', servers, backupWorkers };
        const { items } = run(drawn, nodes, options);
        const P = layers.reduce((sum, { parameters }) => sum + parameters, 0);
        const keepsBefore = backupWorkers > 0 && servers > 1;
        if (keepsBefore) several++;
        return items.slice(-servers).every((held, shard) => {
          const { low, high } = shareOf(P, servers, shard);
          const state = bytes.master + OPTIMIZER_SLOTS[optimizer.kind] * bytes.optimizer;
          return (
            held.weights === bytes.weights * (high - low) &&
            (held.previous ?? 0) === (keepsBefore ? bytes.weights * (high - low) : 0) &&
            (held.optimizer ?? 0) === state * (high - low) &&
            held['gradient sum'] === bytes.gradients * (high - low) &&
            held.pushes % (bytes.wire * (high - low)) === 0
          );
        });
      },
    ),
    { numRuns: 200 },
  );
  t.ok(several > 40, `${several} kept them`);
});

t.test(
  'A.6: the activations of a cost model are those of the same MLP trained exactly',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 2, maxLength: 4 }),
        fc.constantFrom('seq-sgd', 'gpipe', '1f1b', 'ring-tmp', 'ps-bsp', 'ps-asp', 'local-sgd'),
        fc.constantFrom(1, 2, 3, 4, 6, 12),
        fc.constantFrom(32 as const, 64 as const),
        (widths, kind, microBatches, precision) => {
          const nodes = kind.startsWith('ps') ? 3 : 1;
          const layers = widths.slice(1).map((outputElements, at) => ({
            ...{ name: 'x', forwardFlops: 1, backwardFlops: 2, outputElements },
            parameters: outputElements * (widths[at] + 1),
          }));
          const held = (numerics: 'exact' | 'cost') => {
            const exact = numerics === 'exact';
            const { result } = runProtocol(
              {
                hosts: Array.from({ length: nodes }, () => host(SPEED)),
                model: exact
                  ? { kind: 'mlp', layers: widths, activation: 'relu' }
                  : { kind: 'costs', layers, inputElements: widths[0] },
                training: trainingOf({ numerics, microBatches, precision }),
                data: exact ? syntheticData(1, 30, 3, widths[0], widths.at(-1)!) : null,
              },
              { kind },
            );
            return [...eachAccount(result.nodes)].map(({ memoryItems }) => [
              memoryItems.activations,
              memoryItems.weights,
              memoryItems.gradients,
            ]);
          };
          return JSON.stringify(held('exact')) === JSON.stringify(held('cost'));
        },
      ),
      { numRuns: 100 },
    );
    t.pass();
  },
);
