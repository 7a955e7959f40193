/** Workers that push buckets while the backward pass goes on, and that add up micro-batches, do the same work. */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import { host, runProtocol, sameBits, trainingOf } from '../ring-tmp/harness.ts';

const KINDS = ['ps-bsp', 'ps-asp'] as const;
const LAYERS = 6;
const PARAMETERS = 1000;
const SAMPLES = 6;
const layer = { name: 'x', forwardFlops: 500, backwardFlops: 1000, outputElements: 5 };

/** On a star of FIFO NICs at 1 GFLOP/s; a task costs nothing beside its operations. */
function run(kind: string, options: object, workers: number, servers: number, bandwidth: number) {
  return runProtocol(
    {
      hosts: Array.from({ length: workers + servers }, () => host(1e9, Infinity, 0)),
      model: {
        kind: 'costs',
        layers: Array.from({ length: LAYERS }, () => ({ ...layer, parameters: PARAMETERS })),
        inputElements: 5,
      },
      training: trainingOf({ batch: SAMPLES * workers, iterations: 3, microBatches: 1 }),
      network: { kind: 'star', bandwidth, latencyNs: 1000 },
    },
    { kind, servers, ...options } as never,
  );
}

t.test('weights are those of sequential SGD, whatever is overlapped or accumulated', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 7 }),
      fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
      (workers, servers, accumulate, bucketBytes) => {
        const widths = [5, 9, 7, 3];
        const setting = {
          hosts: Array.from({ length: workers + servers }, () => host()),
          model: { kind: 'mlp' as const, layers: widths, activation: 'relu' as const },
          training: trainingOf({ numerics: 'exact', microBatches: 1 }),
          data: syntheticData(1, 30, 3, 5, 3),
          network: { kind: 'star' as const, bandwidth: 1e7, latencyNs: 1000 },
        };
        const overlap = bucketBytes === undefined ? null : { bucketBytes };
        const options = { kind: 'ps-bsp', servers, accumulate, overlap };
        const { weights } = runProtocol(setting, options);
        const reference = runProtocol(setting, { kind: 'seq-sgd', shares: workers } as never);
        return sameBits(weights, reference.weights);
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test(
  'in buckets and micro-batches a gradient takes the same bytes and operations, and less activations',
  async (t) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: SAMPLES }),
        fc.integer({ min: 1, max: 4 * LAYERS * PARAMETERS }),
        (kind, workers, servers, accumulate, bucketBytes) => {
          const plain = run(kind, {}, workers, servers, 1e9);
          const parts = run(kind, { accumulate, overlap: { bucketBytes } }, workers, servers, 1e9);
          const pushed = ({ messages }: typeof plain) =>
            messages
              .filter(({ message }) => message.kind.startsWith('push'))
              .reduce((sum, { bytes }) => sum + bytes - MESSAGE_HEADER_BYTES, 0);
          const gradients = ({ jobs }: typeof plain) =>
            jobs
              .filter(({ pass }) => pass === 'gradient')
              .reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0);
          const accounts = [...eachAccount(parts.result.nodes)].slice(0, workers);
          const plainAccounts = [...eachAccount(plain.result.nodes)];
          const part = Math.ceil(SAMPLES / accumulate);
          return (
            pushed(parts) === pushed(plain) &&
            Math.abs(gradients(parts) - gradients(plain)) <= parts.jobs.length &&
            accounts.every(
              ({ memoryItems }, at) =>
                memoryItems.activations * SAMPLES ===
                plainAccounts[at].memoryItems.activations * part,
            )
          );
        },
      ),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('on a slow wire the backward pass hides behind the pushes', async (t) => {
  for (const kind of KINDS) {
    const bandwidth = 1e9;
    const plain = run(kind, {}, 1, 1, bandwidth).result.timeNs;
    const overlap = { bucketBytes: 4 * PARAMETERS };
    const parts = run(kind, { overlap }, 1, 1, bandwidth).result.timeNs;
    // Three times: all layers but the last wait for the wire already, while they are computed.
    const hidden = 3 * (LAYERS - 1) * Math.min(SAMPLES * layer.backwardFlops, 4 * PARAMETERS);
    const headers = 3 * LAYERS * MESSAGE_HEADER_BYTES;
    t.ok(plain - parts <= hidden, `${kind}: ${plain} and ${parts} ns`);
    t.ok(plain - parts >= hidden - 2 * headers, `${kind}: ${plain - parts} of ${hidden} ns`);
  }
});
