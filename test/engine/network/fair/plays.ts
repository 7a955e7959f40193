/** What is played on the solver and on its oracle: starts, stops and capacities at random. */
import fc from 'fast-check';

const rate = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 4, arbitrary: fc.double({ min: 0.01, max: 3, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 30 }) },
);
const pick = fc.nat(1000);
const change = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      links: fc.array(pick, { minLength: 1, maxLength: 4 }),
      bytes: fc.oneof(fc.constant(5), fc.double({ min: 0, max: 12, noNaN: true })),
      cap: fc.option(fc.double({ min: 0.01, max: 2, noNaN: true }), { nil: undefined, freq: 5 }),
      /** How often the same flow is started, so that some links carry many. */
      times: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 40 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stop' as const), which: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), which: pick, to: rate }) },
);
const step = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  wait: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })),
});
export const play = fc.record({
  capacities: fc.array(rate, { minLength: 1, maxLength: 10 }),
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
});

/** Every node but the server sends to it, and to its neighbour. */
function oneEach(nodes: number, bytes: number) {
  const start = (source: number, target: number, size: number) => ({
    kind: 'start' as const,
    links: [2 * source, 2 * target + 1],
    bytes: size,
    cap: undefined,
    times: 1,
  });
  return Array.from({ length: nodes - 1 }, (_, index) => index + 1).flatMap((node) => [
    start(node, 0, bytes / 10 + node / 100),
    start(node, (node % (nodes - 1)) + 1, bytes + node),
  ]);
}

/** A switch with nodes that mostly send to node 0 and to their neighbours: a hub, and links that follow it. */
export const server = fc.integer({ min: 30, max: 40 }).chain((nodes) => {
  const arrival = fc.record({
    kind: fc.constant('start' as const),
    links: fc
      .tuple(fc.nat(nodes - 1), fc.nat(9), fc.nat(nodes - 1))
      .map(([source, chance, any]) => {
        const target = chance < 6 ? 0 : chance < 9 ? source + 1 : any;
        return [2 * source, 2 * (target % nodes) + 1];
      }),
    bytes: fc.oneof(fc.constant(5), fc.double({ min: 0, max: 20, noNaN: true })),
    cap: fc.option(fc.double({ min: 0.01, max: 2, noNaN: true }), { nil: undefined, freq: 30 }),
    times: fc.constant(1),
  });
  const others = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('stop' as const), which: pick }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        which: fc.nat(2 * nodes - 1),
        to: fc.oneof(
          fc.double({ min: 1e-3, max: 2, noNaN: true }),
          fc.constantFrom(0, 1, 0.99, 0.03),
        ),
      }),
    },
  );
  const some = fc.oneof({ weight: 3, arbitrary: arrival }, others);
  const stops = fc.record({ kind: fc.constant('stop' as const), which: pick });
  const changes = fc.oneof(
    { weight: 8, arbitrary: fc.array(some, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(arrival, { minLength: 40, maxLength: 60 }) },
    { weight: 1, arbitrary: fc.array(stops, { minLength: 30, maxLength: 40 }) },
  );
  return fc.record({
    capacities: fc.oneof(
      fc.constant(new Array<number>(2 * nodes).fill(1)),
      fc.array(fc.constantFrom(1, 0.99, 0.985, 0.98, 0.97, 0.05), {
        minLength: 2 * nodes,
        maxLength: 2 * nodes,
      }),
      fc.array(fc.double({ min: 0.3, max: 1.3, noNaN: true }), {
        minLength: 2 * nodes,
        maxLength: 2 * nodes,
      }),
    ),
    steps: fc
      .tuple(
        fc.double({ min: 1, max: 30, noNaN: true }),
        fc.array(
          fc.record({
            changes,
            wait: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 4, noNaN: true })),
          }),
          { minLength: 5, maxLength: 25 },
        ),
      )
      .map(([bytes, steps]) => [{ changes: oneEach(nodes, bytes), wait: 0 }, ...steps]),
  });
});
export type Play = typeof play extends fc.Arbitrary<infer Value> ? Value : never;
