/** Pipelines whose schedule is written down: bits of sequential SGD, closed forms to the nanosecond, and memory held. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import { host, runProtocol, sameBits, type Trace } from '../protocols/ring-tmp/harness.ts';
import { anySetting } from '../protocols/ring-tmp/settings.ts';

const HOST = host(1e9, Infinity, 0);
const OUTPUTS = 4;
const INPUTS = 4;
const CUT_BYTES = 4 * OUTPUTS;

interface Line {
  readonly ranks: number;
  readonly microBatches: number;
  readonly forward: number;
  readonly backward: number;
  readonly latencyNs: number;
  readonly bandwidth?: number;
}

/** Equal stages; at 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each. */
function run(kind: string, line: Line, options: object = {}, chunks = 1): Trace {
  const layer = { name: 'stage', parameters: 7, outputElements: OUTPUTS };
  const costs = { forwardFlops: line.forward, backwardFlops: line.backward };
  const trace = runProtocol(
    {
      hosts: Array.from({ length: line.ranks }, () => HOST),
      model: {
        kind: 'costs',
        layers: Array.from({ length: chunks * line.ranks }, () => ({ ...layer, ...costs })),
        inputElements: INPUTS,
      },
      training: { batch: line.microBatches, microBatches: line.microBatches, iterations: 3 },
      network: { kind: 'ring', bandwidth: line.bandwidth ?? 1e9, latencyNs: line.latencyNs },
    },
    { kind, ...options },
  );
  if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
  return trace;
}

function iterationNs({ iterations }: Trace): number[] {
  return iterations.slice(1).map(({ timeNs }, i) => timeNs - iterations[i].timeNs);
}

/** PROTOCOLS H: (m+p-1)(t_f+t_b) + 2(p-1)c, and the update. */
function flushNs({ ranks, microBatches, forward, backward, latencyNs }: Line): number {
  const task = (flops: number) => jobNs(HOST, flops, 1);
  const slots = microBatches + ranks - 1;
  const hopNs = latencyNs + CUT_BYTES + MESSAGE_HEADER_BYTES;
  return slots * (task(forward) + task(backward)) + 2 * (ranks - 1) * hopNs + task(14);
}

const anyLine: fc.Arbitrary<Line> = fc.record({
  ranks: fc.integer({ min: 1, max: 9 }),
  microBatches: fc.integer({ min: 1, max: 30 }),
  forward: fc.integer({ min: 200, max: 3000 }),
  backward: fc.integer({ min: 200, max: 3000 }),
  latencyNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
});

t.test('H: GPipe takes (m+p-1)(t_f+t_b) + 2(p-1)c and the update, to the ns', async () => {
  fc.assert(
    fc.property(anyLine, (line) =>
      iterationNs(run('gpipe', line)).every((timeNs) => timeNs === flushNs(line)),
    ),
    { numRuns: 200 },
  );
});

t.test(
  'H: 1F1B takes as long, and waits a round trip for each micro-batch but every p-th, to the ns',
  async () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const { ranks, microBatches, latencyNs } = line;
        const hopNs = latencyNs + CUT_BYTES + MESSAGE_HEADER_BYTES;
        const waits = microBatches - 1 - Math.ceil((microBatches - 1) / ranks);
        const expected = flushNs(line) + 2 * hopNs * waits;
        return iterationNs(run('1f1b', line)).every((timeNs) => timeNs === expected);
      }),
      { numRuns: 200 },
    );
  },
);

t.test('H: 1F1B holds p - r micro-batches on rank r, GPipe all of them', async (t) => {
  const line = { ranks: 5, microBatches: 12, forward: 1000, backward: 2000, latencyNs: 300 };
  const activations = 4 * (INPUTS + 2 * OUTPUTS);
  for (const { node, memoryItems } of eachAccount(run('1f1b', line).result.nodes))
    t.equal(memoryItems.activations, (5 - node) * activations, `1f1b, rank ${node}`);
  for (const { node, memoryItems } of eachAccount(run('gpipe', line).result.nodes))
    t.equal(memoryItems.activations, 12 * activations, `gpipe, rank ${node}`);
});

/** A pass of a chunk takes a slot of this many nanoseconds, and messages next to none. */
const SLOT_NS = 1_000_000;

/** The slots of an iteration of each of three, and bytes of activations that each rank held at most, in micro-batches. */
function slotsOf(kind: string, ranks: number, microBatches: number, options: object, chunks = 1) {
  const passes = { forward: SLOT_NS, backward: 2 * SLOT_NS };
  const line = { ranks, microBatches, ...passes, latencyNs: 0, bandwidth: 1e12 };
  const trace = run(kind, line, options, chunks);
  const activations = 4 * (INPUTS + 2 * OUTPUTS);
  return {
    slots: iterationNs(trace).map((timeNs) => Math.round(timeNs / (SLOT_NS / 1000)) / 1000),
    held: [...eachAccount(trace.result.nodes)].map(
      ({ memoryItems }) => memoryItems.activations / activations,
    ),
  };
}

/** Those of three iterations are equal, and within a thousandth of a slot that many. */
function sameSlots(t: Test, found: readonly number[], slots: number): void {
  for (const each of found) t.ok(Math.abs(each - slots) <= 0.001, `${each} for ${slots} slots`);
}

t.test(
  'H: with F = I = W = 1, GPipe takes 69 slots on 8 ranks with 16 micro-batches',
  async (t) => {
    const { slots, held } = slotsOf('gpipe', 8, 16, {});
    sameSlots(t, slots, 69);
    t.same(held, Array(8).fill(16));
  },
);

t.test('H: interleaved 1F1B takes 117 slots of half a stage, and holds p + (p-1)/v', async (t) => {
  const { slots, held } = slotsOf('interleaved-1f1b', 8, 16, { chunks: 2 }, 2);
  sameSlots(t, slots, 117);
  t.equal(held[0] / 2, 8 + 7 / 2, 'in stages');
});

t.test('H: interleaved 1F1B idles (p-1)(F+B)/v, and holds p + (p-1)/v on rank 0', async (t) => {
  for (const [ranks, groups, chunks] of [
    [2, 2, 2],
    [3, 4, 3],
    [4, 2, 4],
    [5, 3, 2],
  ]) {
    const microBatches = groups * ranks;
    const { slots, held } = slotsOf('interleaved-1f1b', ranks, microBatches, { chunks }, chunks);
    sameSlots(t, slots, 3 * chunks * microBatches + 3 * (ranks - 1));
    t.equal(held[0], chunks * ranks + ranks - 1);
  }
});

t.test('H: ZB1P idles (p-1)(F+B-2W), and holds p micro-batches on every rank', async (t) => {
  for (const [ranks, microBatches] of [
    [2, 2],
    [4, 12],
    [5, 7],
    [8, 16],
  ]) {
    const { slots, held } = slotsOf('zb1p', ranks, microBatches, {});
    sameSlots(t, slots, 3 * microBatches + ranks - 1);
    t.same(held, Array(ranks).fill(ranks));
  }
});

t.test('H: DualPipeV takes as long as its table, and holds p + 1 chunks', async (t) => {
  for (const [overlap, pair, makespan] of [
    [0, 3, 66],
    [1, 2, 52],
  ]) {
    const { slots, held } = slotsOf('dualpipe-v', 4, 10, { overlap }, 2);
    sameSlots(t, slots, makespan);
    t.same(held, [9, 9, 9, 9], `with pairs of ${pair}`);
  }
});

t.test('E, H: pipelines equal sequential SGD bit for bit, whatever the cluster', async () => {
  const options = fc.oneof(
    fc.record({ kind: fc.constantFrom('gpipe', '1f1b') }),
    fc.record({ kind: fc.constant('interleaved-1f1b'), chunks: fc.integer({ min: 2, max: 3 }) }),
    fc.record({ kind: fc.constant('zb1p'), chunks: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ kind: fc.constant('dualpipe-v'), overlap: fc.constantFrom(0, 0.5, 1) }),
  );
  fc.assert(
    fc.property(
      anySetting('exact'),
      options,
      fc.constantFrom('none' as const, 'all' as const, 'except-last' as const),
      (setting, protocol, recompute) => {
        const { layers } = setting.model as MlpSpec;
        const neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
        const chunks =
          'chunks' in protocol ? protocol.chunks : protocol.kind === 'dualpipe-v' ? 2 : 1;
        fc.pre(neurons >= chunks);
        const hosts = setting.hosts.slice(0, Math.floor(neurons / chunks));
        const line = runProtocol({ ...setting, hosts }, { ...protocol, recompute } as never);
        if (line.result.failure !== null) throw new Error(line.result.failure.message);
        const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
        return sameBits(line.weights, alone.weights);
      },
    ),
    { numRuns: 250 },
  );
});
