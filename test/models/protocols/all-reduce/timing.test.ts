/** The closed forms of all-reduce (PROTOCOLS E): time, bytes and memory, on rings and stars of FIFO NICs. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { OPTIMIZER_SLOTS } from '../../../../models/spec/training.ts';
import { anyOptimizer, costTable } from '../parameter-server/harness.ts';
import { host, runProtocol, SPEED, type Setting } from '../ring-tmp/harness.ts';

const ITERATIONS = 3;

const work = fc.record({
  nodes: fc.integer({ min: 2, max: 24 }),
  /** Elements of a chunk, of parameters and the loss. */
  part: fc.integer({ min: 2, max: 300 }),
  latencyNs: fc.nat(20_000),
  sampleFlops: fc.integer({ min: 1, max: 5000 }),
  taskOverheadNs: fc.nat(100),
  samples: fc.integer({ min: 1, max: 3 }),
  precision: fc.constantFrom<(32 | 64)[]>(32, 64),
  optimizer: anyOptimizer,
});

type Drawn = typeof work extends fc.Arbitrary<infer T> ? T : never;

function settingOf(drawn: Drawn, kind: 'ring' | 'star'): Setting {
  const { nodes, part, sampleFlops, taskOverheadNs, latencyNs } = drawn;
  return {
    hosts: Array.from({ length: nodes }, () => host(SPEED, Infinity, taskOverheadNs)),
    model: costTable(sampleFlops, nodes * part - 1),
    training: {
      ...{ numerics: 'cost', precision: drawn.precision, optimizer: drawn.optimizer },
      ...{ batch: nodes * drawn.samples, iterations: ITERATIONS },
    },
    network: { kind, bandwidth: 1e9, latencyNs },
  };
}

/** The jobs of an iteration beside the additions. */
function computeNs({
  nodes,
  part,
  sampleFlops,
  taskOverheadNs,
  samples,
  optimizer,
}: Drawn): number {
  const own = host(SPEED, Infinity, taskOverheadNs);
  const update = (2 + 2 * OPTIMIZER_SLOTS[optimizer.kind]) * (nodes * part - 1);
  return jobNs(own, samples * sampleFlops, 1) + jobNs(own, update, 1);
}

t.test('E: T = t_c + 2(N-1)(alpha + wP/(N beta)) + (N-1) t_add, to the nanosecond', async (t) => {
  fc.assert(
    fc.property(work, (drawn) => {
      const { nodes, part, latencyNs, taskOverheadNs, precision } = drawn;
      const { result, iterations } = runProtocol(settingOf(drawn, 'ring'), { kind: 'all-reduce' });
      const bytes = (precision / 8) * part + MESSAGE_HEADER_BYTES;
      const t_add = jobNs(host(SPEED, Infinity, taskOverheadNs), part, 1);
      const T = computeNs(drawn) + 2 * (nodes - 1) * (latencyNs + bytes) + (nodes - 1) * t_add;
      return (
        result.timeNs === ITERATIONS * T &&
        iterations.every(({ iteration, timeNs }) => timeNs === (iteration + 1) * T) &&
        result.nodes.bytesSent.every((sent) => sent === ITERATIONS * 2 * (nodes - 1) * bytes)
      );
    }),
    { numRuns: 150 },
  );
  t.pass();
});

t.test(
  'E: with a model of a million parameters the formula without headers is within 0.1 %',
  async (t) => {
    for (const nodes of [2, 8, 32]) {
      const drawn = {
        ...{ nodes, part: Math.ceil(1e6 / nodes), latencyNs: 5000, sampleFlops: 1e6, samples: 4 },
        ...{ taskOverheadNs: 100, precision: 32 as const, optimizer: { kind: 'sgd' as const } },
      };
      const { result } = runProtocol(settingOf(drawn, 'ring'), { kind: 'all-reduce' });
      const P = nodes * drawn.part;
      const sums = (nodes - 1) * (100 + P / nodes);
      const T =
        computeNs(drawn) + 2 * (nodes - 1) * 5000 + ((2 * (nodes - 1)) / nodes) * 4 * P + sums;
      t.ok(Math.abs(result.timeNs / ITERATIONS / T - 1) < 0.001, `${nodes} nodes`);
    }
  },
);

t.test('E: over G groups of g, 2(g-1) steps of wP/g and 2(G-1) of wP/(gG)', async (t) => {
  const grouping = fc.record({
    groups: fc.integer({ min: 2, max: 5 }),
    size: fc.integer({ min: 2, max: 5 }),
  });
  fc.assert(
    fc.property(work, grouping, (chosen, { groups, size }) => {
      const drawn = { ...chosen, nodes: groups * size };
      const { part, latencyNs, taskOverheadNs, precision } = drawn;
      const { result } = runProtocol(settingOf(drawn, 'star'), { kind: 'all-reduce', groups } as {
        kind: string;
      });
      const step = (elements: number) =>
        2 * (latencyNs + (precision / 8) * elements + MESSAGE_HEADER_BYTES) +
        jobNs(host(SPEED, Infinity, taskOverheadNs), elements, 1);
      const T = computeNs(drawn) + (size - 1) * step(groups * part) + (groups - 1) * step(part);
      return result.timeNs === ITERATIONS * T;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('a node holds (2+o)wP, the loss, its activations, and a chunk or two', async (t) => {
  fc.assert(
    fc.property(work, (drawn) => {
      const { nodes, part, precision, optimizer } = drawn;
      const { result } = runProtocol(settingOf(drawn, 'ring'), { kind: 'all-reduce' });
      const width = precision / 8;
      const P = nodes * part - 1;
      const vectors = (2 + OPTIMIZER_SLOTS[optimizer.kind]) * width * P + width;
      return [...eachAccount(result.nodes)].every(({ memoryItems }) => {
        const { activations = 0, buffers = 0, ...kept } = memoryItems;
        const sum = Object.values(kept).reduce((all, bytes) => all + bytes, 0);
        return sum === vectors && activations > 0 && buffers === width * part;
      });
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('overlap: of the sums only what is left after the last pass takes time', async (t) => {
  const count = 8;
  const layers = Array.from({ length: count }, (_, layer) => ({
    ...{ name: `layer ${layer}`, forwardFlops: 1e6, backwardFlops: 2e6 },
    ...{ parameters: 20_000, outputElements: 10 },
  }));
  const setting: Setting = {
    hosts: Array.from({ length: 2 }, () => host(SPEED, Infinity, 0)),
    model: { kind: 'costs', layers, inputElements: 10 },
    training: { numerics: 'cost', batch: 2, iterations: 1 },
    network: { kind: 'ring', bandwidth: 1e8, latencyNs: 1000 },
  };
  const timeNs = (overlap: object | null) =>
    runProtocol(setting, { kind: 'all-reduce', overlap } as { kind: string }).result.timeNs;
  const computed = 3e6 * count + 10_000 * count + 2 * 20_000 * count;
  const hop = (elements: number) => 1000 + 10 * (4 * elements + MESSAGE_HEADER_BYTES);
  const near = (one: number, other: number) => Math.abs(one - other) <= 100;
  t.ok(near(timeNs(null), computed + 2 * hop(count * 10_000)), 'one sum after the pass');
  const during = timeNs({ bucketBytes: 80_000 });
  // The last bucket's two hops, with the second one of the bucket before between them; meanwhile both are added.
  const left = 3 * (hop(10_000) - 1000) + 1000;
  t.ok(near(during, computed - 20_000 + left), 'the hops of the last bucket are seen');
});
