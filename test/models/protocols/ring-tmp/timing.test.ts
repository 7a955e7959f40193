import t from 'tap';
import fc from 'fast-check';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import {
  alikeBounds,
  alikeRing,
  closedForm,
  equalBounds,
  equalRing,
  hopNs,
  iterationNs,
  microBatches,
  mixedBounds,
  mixedRing,
  period,
  type Ring,
  run,
  type Stage,
  WIRES,
  within,
} from './ring-times.ts';

for (const wires of WIRES.filter(({ kind }) => kind === 'ring'))
  t.test(
    `A.5: equal stages take (m+N-1)(t_f+t_b) + 2(N-1)c and the update, to the ns, ${wires.sharing}`,
    async () => {
      fc.assert(
        fc.property(equalRing(wires), (ring) => {
          within(ring, wires, equalBounds(ring, wires));
        }),
        { numRuns: 400 },
      );
    },
  );

for (const wires of WIRES.filter(({ kind }) => kind === 'star'))
  t.test(
    `A.5: on a star equal stages take that but for small messages, where windows have slack, ${wires.sharing}`,
    async () => {
      fc.assert(
        fc.property(equalRing(wires), (ring) => {
          within(ring, wires, equalBounds(ring, wires));
        }),
        { numRuns: 300 },
      );
    },
  );

t.test('A.5: unequal stages of one ratio of backward to forward are not caught', async () => {
  fc.assert(
    fc.property(alikeRing, (ring) => {
      within(ring, WIRES[0], alikeBounds(ring));
    }),
    { numRuns: 400 },
  );
});

for (const wires of WIRES)
  t.test(
    `A.5: unequal and mixed stages stay within both bounds, ${wires.kind}, ${wires.sharing}`,
    async () => {
      fc.assert(
        fc.property(mixedRing, (ring) => {
          within(ring, wires, mixedBounds(ring, wires));
        }),
        { numRuns: 250 },
      );
    },
  );

t.test("A.4: window 'memory' is N-i, exact without latency and slower with it", async (t) => {
  const ring = (latencyNs: number, window: 'time' | 'memory'): Ring => ({
    stages: Array<Stage>(6).fill({ forward: 1000, backward: 2000 }),
    microBatches: 40,
    latencyNs,
    cutBytes: 4,
    parameters: 0,
    options: { window },
  });
  const [fast] = iterationNs(run(ring(3000, 'time')));
  const [slow] = iterationNs(run(ring(3000, 'memory')));
  t.equal(fast, closedForm(ring(3000, 'time')));
  t.ok(slow > 1.3 * fast, `${slow} ns with N-i, ${fast} ns with the latency hidden`);
});

t.test('A.4: a window that is a number is that of every node, and at most m', async (t) => {
  const inFlight = (window: number, microBatches: number) => {
    const stages = Array<Stage>(5).fill({ forward: 1000, backward: 2000 });
    const options = { window };
    const ring = { stages, microBatches, latencyNs: 3000, cutBytes: 4, parameters: 0, options };
    let [now, most] = [0, 0];
    for (const { node, pass } of run(ring).jobs) {
      if (node > 0 || pass === 'update') continue;
      now += pass === 'forward' ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  };
  t.equal(inFlight(1, 12), 1);
  t.equal(inFlight(7, 12), 7);
  t.equal(inFlight(99, 4), 4);
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
