/** Ring all-reduce, also over groups: its order of sums, its bytes and its time. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { allocate } from '../../../models/learning/float-array.ts';
import { randomStream } from '../../../engine/random.ts';
import { expectedSum, runSums, type Summing } from './summing.ts';

const host = { speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs: 100 };

const drawn = fc.record({
  seed: fc.nat(1e6),
  nodes: fc.integer({ min: 1, max: 12 }),
  groups: fc.integer({ min: 1, max: 4 }),
  lengths: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 }),
  precision: fc.constantFrom<(32 | 64)[]>(32, 64),
  kind: fc.constantFrom('ring', 'star'),
  sharing: fc.constantFrom<('fifo' | 'fair')[]>('fifo', 'fair'),
  slow: fc.array(fc.constantFrom(1, 3, 30), { minLength: 12, maxLength: 12 }),
});

function sums(chosen: typeof drawn extends fc.Arbitrary<infer T> ? T : never): Summing {
  const { nodes, lengths, precision, seed, kind, slow } = chosen;
  const stream = randomStream(seed, 'vectors');
  const vectors = lengths.map((length) =>
    Array.from({ length: nodes }, () =>
      allocate(precision, length).map(() => stream.uniform() - 0.5),
    ),
  );
  const hosts = Array.from({ length: nodes }, (_, node) => ({
    ...host,
    speedFlopsPerSecond: host.speedFlopsPerSecond / slow[node],
  }));
  const topology = (kind === 'ring' ? ringTopology : starTopology)(nodes, 1e9, 1000);
  const jitter = {
    compute: { kind: 'exponential', mean: 1 },
    latency: { kind: 'uniform', low: 0.1, high: 3 },
  } as const;
  return { ...chosen, hosts, topology, jitter, vectors: vectors as Summing['vectors'] };
}

t.test('all nodes end with the sums in the order of the rings, bit for bit', async (t) => {
  fc.assert(
    fc.property(drawn, (chosen) => {
      const work = sums(chosen);
      const expected = work.vectors!.map((each) => expectedSum(each, chosen.groups));
      const { outcome } = runSums(work);
      return (
        outcome === 'finished' &&
        work.vectors!.every((each, at) =>
          each.every((vector) => vector.every((value, k) => Object.is(value, expected[at][k]))),
        )
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('costs alone take the same time, and all buffers are given back', async (t) => {
  fc.assert(
    fc.property(drawn, (chosen) => {
      const work = sums(chosen);
      const [exact, cost] = [runSums(work), runSums({ ...work, vectors: null })];
      return exact.digest === cost.digest && cost.outcome === 'finished';
    }),
    { numRuns: 60 },
  );
  t.pass();
});

const timed = fc.record({
  nodes: fc.integer({ min: 2, max: 24 }),
  /** Elements of a chunk. */
  part: fc.integer({ min: 1, max: 200 }),
  latencyNs: fc.nat(20_000),
  taskOverheadNs: fc.nat(500),
});

t.test(
  'E: 2(N-1)(alpha + wP/(N beta)) and the sums, on each node, to the nanosecond',
  async (t) => {
    fc.assert(
      fc.property(timed, ({ nodes, part, latencyNs, taskOverheadNs }) => {
        const own = { ...host, taskOverheadNs };
        const result = runSums({
          ...{ seed: 1, sharing: 'fifo', groups: 1, precision: 64, vectors: null },
          hosts: Array.from({ length: nodes }, () => own),
          topology: ringTopology(nodes, 1e9, latencyNs),
          lengths: [nodes * part],
        });
        const bytes = 8 * part + MESSAGE_HEADER_BYTES;
        const step = latencyNs + bytes;
        return (
          result.timeNs === 2 * (nodes - 1) * step + (nodes - 1) * jobNs(own, part, 1) &&
          result.nodes.bytesSent.every((sent) => sent === 2 * (nodes - 1) * bytes)
        );
      }),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('E: over G groups of g: 2(g-1) steps of wP/g and 2(G-1) of wP/(gG)', async (t) => {
  const groupings = fc.record({
    groups: fc.integer({ min: 2, max: 5 }),
    size: fc.integer({ min: 2, max: 5 }),
  });
  fc.assert(
    fc.property(timed, groupings, ({ part, latencyNs, taskOverheadNs }, { groups, size }) => {
      const own = { ...host, taskOverheadNs };
      const nodes = groups * size;
      const result = runSums({
        ...{ seed: 1, sharing: 'fifo', groups, precision: 64, vectors: null },
        hosts: Array.from({ length: nodes }, () => own),
        topology: starTopology(nodes, 1e9, latencyNs),
        lengths: [nodes * part],
      });
      const pass = (steps: number, elements: number) =>
        steps * (2 * (latencyNs + 8 * elements + MESSAGE_HEADER_BYTES) + jobNs(own, elements, 1));
      return result.timeNs === pass(size - 1, groups * part) + pass(groups - 1, part);
    }),
    { numRuns: 100 },
  );
  t.pass();
});
