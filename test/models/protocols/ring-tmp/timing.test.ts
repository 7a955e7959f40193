import t from 'tap';
import fc from 'fast-check';
import { jobNs } from '../../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { host, runProtocol, type Trace } from './harness.ts';

/** At 1 GFLOP/s and 1 GB/s a FLOP and a byte are a nanosecond each; a host may round a job up by one more. */
const GIGA = 1e9;
const HOST = host(GIGA, Infinity, 0);

/** FLOPs of a stage's two passes. */
interface Stage {
  readonly forward: number;
  readonly backward: number;
}

interface Ring {
  readonly stages: readonly Stage[];
  readonly microBatches: number;
  readonly latencyNs: number;
  /** Payload over every cut: at 4 bytes an element, a multiple of 4. */
  readonly cutBytes: number;
  /** FLOPs of an update are twice that. */
  readonly parameters: number;
  readonly options?: { win?: 'time' | 'memory'; recompute?: 'none' | 'all'; credits?: number };
}

const ITERATIONS = 3;

function run(ring: Ring): Trace {
  const { stages, microBatches, latencyNs, cutBytes, parameters } = ring;
  const trace = runProtocol(
    {
      hosts: stages.map(() => HOST),
      model: {
        kind: 'costs',
        layers: stages.map(({ forward, backward }) => ({
          name: 'stage',
          forwardFlops: forward,
          backwardFlops: backward,
          parameters,
          outputElements: cutBytes / 4,
        })),
        inputElements: 1,
      },
      training: { batch: microBatches, microBatches, iterations: ITERATIONS },
      network: { kind: 'ring', bandwidth: GIGA, latencyNs },
    },
    { kind: 'ring-tmp', ...ring.options } as { kind: string },
  );
  if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
  return trace;
}

/** Times of the iterations behind the first, whose start the start-up token has moved. */
function iterationNs(trace: Trace): number[] {
  return trace.iterations.slice(1).map(({ timeNs }, i) => timeNs - trace.iterations[i].timeNs);
}

/** One hop: latency, payload and header. */
function hopNs({ latencyNs, cutBytes }: Ring): number {
  return latencyNs + cutBytes + MESSAGE_HEADER_BYTES;
}

const taskNs = (flops: number) => jobNs(HOST, flops, 1);
const period = ({ forward, backward }: Stage) => taskNs(forward) + taskNs(backward);
const total = (stages: readonly Stage[]) => stages.reduce((sum, stage) => sum + period(stage), 0);

function closedForm(ring: Ring): number {
  const { stages, microBatches, parameters, options } = ring;
  const again = options?.recompute === 'all' ? taskNs(stages[0].forward) : 0;
  const slots = microBatches + stages.length - 1;
  const hops = 2 * (stages.length - 1) * hopNs(ring);
  return slots * period(stages[0]) + microBatches * again + hops + taskNs(2 * parameters);
}

const nodes = fc.integer({ min: 1, max: 12 });
const microBatches = fc.integer({ min: 1, max: 40 });
const stageNs = fc.oneof(
  fc.integer({ min: 200, max: 5000 }),
  fc.constantFrom(1000, 2000, 3000, 5000),
);

/** Equal stages with S/beta <= min(t_f, t_b), and hops from nothing to ten periods, many of them even multiples. */
const equalRing: fc.Arbitrary<Ring> = fc
  .record({ nodes, microBatches, forward: stageNs, backward: stageNs, again: fc.boolean() })
  .chain(({ nodes, microBatches, forward, backward, again }) => {
    const shortest = Math.min(forward, backward) - MESSAGE_HEADER_BYTES;
    const periodNs = forward + backward;
    return fc
      .record({
        cutBytes: fc.integer({ min: 1, max: Math.floor(shortest / 4) }).map((n) => 4 * n),
        hop: fc.oneof(
          fc.integer({ min: 0, max: 10 * periodNs }),
          fc.integer({ min: 1, max: 20 }).map((half) => (half * periodNs) / 2),
          fc.constant(0),
        ),
        parameters: fc.integer({ min: 0, max: 3000 }),
      })
      .map(({ cutBytes, hop, parameters }) => ({
        stages: Array<Stage>(nodes).fill({ forward, backward }),
        microBatches,
        latencyNs: Math.max(0, Math.round(hop) - cutBytes - MESSAGE_HEADER_BYTES),
        cutBytes,
        parameters,
        options: { recompute: again ? ('all' as const) : ('none' as const) },
      }));
  });

t.test('A.5: equal stages take (m+N-1)(t_f+t_b) + 2(N-1)c and the update, to the ns', async (t) => {
  fc.assert(
    fc.property(equalRing, (ring) => {
      const expected = closedForm(ring);
      for (const time of iterationNs(run(ring)))
        if (time !== expected) throw new Error(`${time} ns instead of ${expected} ns`);
    }),
    { numRuns: 400 },
  );
  t.pass();
});

t.test("A.4: window 'memory' is N-i, exact without latency and slower with it", async (t) => {
  const ring = (latencyNs: number, win: 'time' | 'memory'): Ring => ({
    stages: Array<Stage>(6).fill({ forward: 1000, backward: 2000 }),
    microBatches: 40,
    latencyNs,
    cutBytes: 4,
    parameters: 0,
    options: { win },
  });
  const [fast] = iterationNs(run(ring(3000, 'time')));
  const [slow] = iterationNs(run(ring(3000, 'memory')));
  t.equal(fast, closedForm(ring(3000, 'time')));
  t.ok(slow > 1.3 * fast, `${slow} ns with N-i, ${fast} ns with the latency hidden`);
});

t.test('A.4: a smaller credit voids the equality; the default never binds', async (t) => {
  const ring = (credits?: number): Ring => ({
    stages: Array<Stage>(4).fill({ forward: 1000, backward: 2000 }),
    microBatches: 24,
    latencyNs: 20_000,
    cutBytes: 4,
    parameters: 0,
    options: { credits },
  });
  const [free] = iterationNs(run(ring()));
  const [held] = iterationNs(run(ring(1)));
  t.equal(free, closedForm(ring()));
  t.ok(held > 2 * free);
});

/** Unequal stages, backward r times forward at every node. */
const unequalRing: fc.Arbitrary<Ring> = fc
  .record({
    forwards: fc.array(fc.integer({ min: 200, max: 3000 }), { minLength: 1, maxLength: 9 }),
    ratio: fc.constantFrom(1, 2, 3),
    microBatches,
    latencyNs: fc.constantFrom(0, 100, 500, 2000, 10_000),
  })
  .map(({ forwards, ratio, ...rest }) => ({
    stages: forwards.map((forward) => ({ forward, backward: ratio * forward })),
    cutBytes: 4,
    parameters: 0,
    ...rest,
  }));

t.test('A.5: unequal stages stay within both bounds', async (t) => {
  fc.assert(
    fc.property(unequalRing, (ring) => {
      const { stages, microBatches } = ring;
      const hops = 2 * (stages.length - 1) * hopNs(ring);
      const most = (microBatches - 1) * Math.max(...stages.map(period)) + total(stages) + hops;
      const least = Math.max(
        ...stages.map(
          (stage, i) =>
            total(stages.slice(0, i)) + 2 * i * hopNs(ring) + microBatches * period(stage),
        ),
      );
      for (const time of iterationNs(run(ring)))
        if (time < least || time > most) throw new Error(`${time}: not in [${least}, ${most}]`);
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('A.5: where a link is the bottleneck, a micro-batch takes S/beta', async (t) => {
  const slow = fc.record({
    nodes: fc.integer({ min: 2, max: 8 }),
    microBatches,
    forward: fc.integer({ min: 200, max: 1000 }),
    backward: fc.integer({ min: 200, max: 1000 }),
    latencyNs: fc.constantFrom(0, 100, 2000, 10_000),
    factor: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(slow, ({ nodes, microBatches, latencyNs, factor, ...stage }) => {
      const ring: Ring = {
        stages: Array<Stage>(nodes).fill(stage),
        microBatches,
        latencyNs,
        cutBytes: 4 * Math.ceil((factor * period(stage)) / 4),
        parameters: 0,
      };
      const { forward, backward } = stage;
      const hops = nodes - 1;
      const transferNs = ring.cutBytes + MESSAGE_HEADER_BYTES;
      const fill = nodes * period(stage) + 2 * hops * hopNs(ring);
      const least = fill + (microBatches - 1) * transferNs;
      // Credits, labels and losses use the links too, and a carry may find a job or a message in its way.
      const beside = 2 * MESSAGE_HEADER_BYTES + 8;
      const inTheWay = 2 * hops * (Math.max(forward, backward) + beside);
      const slot = Math.max(period(stage), transferNs + beside);
      const most = fill + (microBatches - 1) * slot + inTheWay;
      for (const time of iterationNs(run(ring)))
        if (time < least || time > most) throw new Error(`${time}: not in [${least}, ${most}]`);
    }),
    { numRuns: 300 },
  );
  t.pass();
});
