/** GPipe and 1F1B: the bits of sequential SGD, their closed forms to the nanosecond, and what they hold in memory. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
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
}

/** Equal stages; at 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each. */
function run(kind: string, line: Line): Trace {
  const layer = { name: 'stage', parameters: 7, outputElements: OUTPUTS };
  const costs = { forwardFlops: line.forward, backwardFlops: line.backward };
  const trace = runProtocol(
    {
      hosts: Array.from({ length: line.ranks }, () => HOST),
      model: {
        kind: 'costs',
        layers: Array.from({ length: line.ranks }, () => ({ ...layer, ...costs })),
        inputElements: INPUTS,
      },
      training: { batch: line.microBatches, microBatches: line.microBatches, iterations: 3 },
      network: { kind: 'ring', bandwidth: 1e9, latencyNs: line.latencyNs },
    },
    { kind },
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

t.test('E, H: GPipe and 1F1B equal sequential SGD bit for bit, whatever the cluster', async () => {
  const options = fc.record({
    kind: fc.constantFrom('gpipe', '1f1b'),
    recompute: fc.boolean(),
  });
  fc.assert(
    fc.property(anySetting('exact'), options, (setting, protocol) => {
      const line = runProtocol(setting, protocol);
      if (line.result.failure !== null) throw new Error(line.result.failure.message);
      const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
      return sameBits(line.weights, alone.weights);
    }),
    { numRuns: 150 },
  );
});
