/** Workers push activations and error terms, and servers multiply: the bits of gradients (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { termFlops, termBlocks } from '../../../../models/learning/gradient-terms.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { LOSS_BYTES } from '../../../../models/protocols/parameter-server/messages.ts';
import {
  type Servers,
  shardCount,
} from '../../../../models/protocols/parameter-server/shard/shard-cuts.ts';
import { exactSetups } from './exact-setups.ts';
import {
  anyDuration,
  befalls,
  endsAlike,
  faultySetups,
  momentOf,
  sharded,
} from './faulty-setups.ts';
import { bitsOf, contentOf, costTable, play, SMALL_MLP, TRAINING, type Setup } from './harness.ts';

const ACTIVATIONS = { pushForm: 'activations' };
const anyServers = fc.oneof(
  fc.integer({ min: 1, max: 4 }),
  fc.record({ sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }) }),
  fc.record({ hashed: fc.integer({ min: 1, max: 3 }) }),
);

t.test('D: servers that multiply end with the bits of gradients, over any shards', async (t) => {
  fc.assert(
    fc.property(
      exactSetups('ps'),
      anyServers,
      fc.constantFrom({}, { pull: 'tree' }, { consistency: { ssp: 0 } }),
      (drawn, servers: Servers, how) => {
        const nodes = drawn.nodes - 1 + shardCount(servers);
        const setup = { ...drawn, nodes };
        const [plain, multiplied] = [{}, ACTIVATIONS].map((form) =>
          play({ ...setup, options: { servers, ...how, ...form } }),
        );
        return (
          multiplied.result.outcome === 'finished' &&
          bitsOf(multiplied.record.finalWeights) === bitsOf(plain.record.finalWeights) &&
          multiplied.record.iterations.every(
            ({ loss }, k) => loss === plain.record.iterations[k].loss,
          ) &&
          multiplied.messages.every(({ message, sentAs }) => contentOf(message) === sentAs)
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('D: a push is w b sum(n_in + n), the product 2 b n_in n + b n a layer', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      (layers, workers, samples) => {
        const setup: Setup = {
          kind: 'ps-bsp',
          nodes: workers + 1,
          model: { kind: 'mlp', layers, activation: 'relu' },
          data: null,
          options: ACTIVATIONS,
          training: { ...TRAINING, numerics: 'cost', batch: workers * samples, iterations: 2 },
        };
        const { messages, jobs } = play(setup);
        const plain = play({ ...setup, options: {} }).jobs;
        let numbers = 0;
        let products = 0;
        for (let layer = 1; layer < layers.length; layer++) {
          numbers += samples * (layers[layer - 1] + layers[layer]);
          products += samples * (2 * layers[layer - 1] + 1) * layers[layer];
        }
        const flopsOf = (of: typeof jobs, pass: string) =>
          of.filter(({ job }) => job.pass === pass).reduce((sum, { job }) => sum + job.flops, 0);
        return (
          messages.every(
            ({ message, bytes }) =>
              message.kind !== 'push' || bytes === 4 * numbers + LOSS_BYTES + MESSAGE_HEADER_BYTES,
          ) &&
          flopsOf(jobs, 'multiply') === 2 * workers * products &&
          // What a server multiplies the workers do not.
          flopsOf(jobs, 'multiply') + flopsOf(jobs, 'gradient') === flopsOf(plain, 'gradient')
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: T = pull wP/beta + pushes + 2 alpha + t_c + t_product + t_add + t_upd', async (t) => {
  // One worker: nothing queues, so that all parts of an iteration follow each other.
  const layers = [30, 20, 10];
  const b = 6;
  const { record } = play({
    kind: 'ps-bsp',
    nodes: 2,
    model: { kind: 'mlp', layers, activation: 'relu' },
    data: null,
    options: ACTIVATIONS,
    latencyNs: 5000,
    training: { ...TRAINING, numerics: 'cost', batch: b, iterations: 4 },
  });
  const P = 31 * 20 + 21 * 10;
  const push = 4 * b * (30 + 20 + 20 + 10) + LOSS_BYTES;
  const forward = b * (20 * 62 + 10 * 42);
  const inputGradient = b * 10 * 40;
  const product =
    b * termFlops(termBlocks({ kind: 'mlp', layers, activation: 'relu' }, [{ low: 0, high: P }]));
  const compute = forward + inputGradient + product + P + 2 * P;
  const wires = 4 * P + push + 2 * MESSAGE_HEADER_BYTES + 2 * 5000;
  const [, before, after] = record.iterations.map(({ timeNs }) => timeNs);
  t.equal(after - before, compute + wires);
});

t.test('D: whoever crashes or pauses, servers that multiply end with the same bits', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 0, max: 2 }),
      fc.integer({ min: 1, max: 2 }),
      fc.nat(20),
      fc.nat(1000),
      fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
      anyDuration,
      (drawn, servers, any, thousandths, kind, forNs) => {
        const setup = { ...sharded(drawn, servers), options: ACTIVATIONS };
        const node = any % (setup.replicas > 0 ? setup.nodes : setup.workers);
        const rule = befalls(node, momentOf(setup, thousandths / 1000), kind, forNs);
        return endsAlike(play({ ...setup, faults: [rule] }), { ...drawn, options: {} });
      },
    ),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('D: asynchronous servers multiply each push once', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps-asp'), fc.integer({ min: 1, max: 3 }), (drawn, servers) => {
      const setup = { ...drawn, servers, nodes: drawn.nodes - 1 + servers, options: ACTIVATIONS };
      const { result, jobs, record } = play(setup);
      const workers = drawn.nodes - 1;
      const products = jobs.filter(({ job }) => job.pass === 'multiply').length;
      return (
        result.outcome === 'finished' &&
        products === workers * servers * setup.training.iterations &&
        record.iterations.every(({ loss }) => Number.isFinite(loss))
      );
    }),
    { numRuns: 40 },
  );
  t.pass();
});

t.test('activations are refused where there are none to push, with the field', async (t) => {
  const setup: Setup = {
    kind: 'ps',
    nodes: 4,
    model: SMALL_MLP,
    data: null,
    training: { ...TRAINING, numerics: 'cost' },
  };
  const refused = (changed: Partial<Setup>) =>
    t.throws(
      () => play({ ...setup, ...changed, options: { ...ACTIVATIONS, ...changed.options } }),
      {
        path: 'protocol.pushForm',
        message: /would be right$/,
      },
    );
  refused({ model: costTable(100, 50) });
  refused({ options: { accumulate: 2 } });
  refused({ options: { overlap: { bucketBytes: 100 } } });
  refused({ options: { consistency: { ssp: 1 } } });
  refused({ options: { consistency: 'asp', downpour: { fetch: 2 } } });
});
