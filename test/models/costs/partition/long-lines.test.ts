import fc from 'fast-check';
import t from 'tap';
import { costLine } from '../../../../models/costs/cost-line.ts';
import { bisectBottleneck } from '../../../../models/costs/partition/bisection.ts';
import { CutProblem } from '../../../../models/costs/partition/cut-problem.ts';
import { leastCut } from '../../../../models/costs/partition/least-cut.ts';
import { partition, type PartitionRequest } from '../../../../models/costs/partition/partition.ts';

/** A link that costs nothing. */
const FREE = { bandwidthBytesPerSecond: Infinity };

function cutElements(request: PartitionRequest, bounds: readonly number[]): number {
  let elements = 0;
  for (const bound of bounds.slice(1, -1)) {
    const { forward, backward } = request.line.carryElements(bound - 1);
    elements += forward + backward;
  }
  return elements;
}

const longRequest = fc
  .record({
    layers: fc.array(
      fc.record({
        name: fc.constant('layer'),
        forwardFlops: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(40, 41, 42)),
        backwardFlops: fc.integer({ min: 1, max: 6 }),
        parameters: fc.integer({ min: 0, max: 5 }),
        outputElements: fc.integer({ min: 2, max: 99 }),
        splits: fc.constantFrom(1, 1, 2, 5),
        overheadNs: fc.constantFrom(0, 1e9),
      }),
      { minLength: 15, maxLength: 40 },
    ),
    nodes: fc.array(
      fc.record({
        speedFlopsPerSecond: fc.constantFrom(1, 2, 5),
        overheadSeconds: fc.constantFrom(0, 3),
        bandwidthBytesPerSecond: fc.constantFrom(Infinity, 2, 10, 30),
        memoryBytes: fc.oneof(fc.constant(Infinity), fc.integer({ min: 500, max: 2000 })),
      }),
      { minLength: 2, maxLength: 15 },
    ),
  })
  .map(({ layers, nodes }): PartitionRequest => {
    const line = costLine({ kind: 'costs', layers, inputElements: 3 });
    const memory = { bytesPerParameter: 8, elementBytes: 4 };
    return { line, nodes, memory, samples: 1, forwardPasses: 1 };
  });

t.test('A.4: the two ways agree on lines that are too long to try all cuts', async (t) => {
  let possible = 0;
  fc.assert(
    fc.property(longRequest, (request) => {
      const dynamic = partition(request, 'dynamic');
      if (dynamic !== null) possible++;
      return JSON.stringify(dynamic) === JSON.stringify(partition(request, 'bisection'));
    }),
    { numRuns: 500 },
  );
  t.ok(possible > 100, `${possible} had a cut`);
});

t.test('A.4: a very long line is cut exactly, in steps that grow with its nodes', async (t) => {
  const groups = 150;
  const layer = (flops: number) => ({
    ...{ name: 'x', forwardFlops: flops, backwardFlops: flops, parameters: 1, outputElements: 1 },
  });
  const node = (speedFlopsPerSecond: number) => ({
    ...{ speedFlopsPerSecond, overheadSeconds: 0, memoryBytes: Infinity, ...FREE },
  });
  const repeat = <T>(count: number, one: T) => new Array<T>(count).fill(one);
  // The last fast node of a group takes all that it can: then its slow ones have too few cheap blocks, and the next
  // costly one is too much for them.
  const layers = repeat(groups, [...repeat(64, layer(10)), ...repeat(33, layer(1))]).flat();
  const nodes = repeat(groups, [...repeat(32, node(48)), ...repeat(32, node(2))]).flat();
  const line = costLine({ kind: 'costs', layers, inputElements: 1 });
  const memory = { bytesPerParameter: 8, elementBytes: 4 };
  const request = { line, samples: 1, forwardPasses: 1, nodes, memory };
  let steps = 0;
  class Counted extends CutProblem {
    override fits(...run: [number, number, number, number]): boolean {
      steps++;
      return super.fits(...run);
    }
  }
  t.equal(bisectBottleneck(new Counted(request)), 1, 'a slow node and a cheap block');
  t.ok(steps < 400 * nodes.length, `${steps} steps for ${nodes.length} nodes`);
});

t.test('A.4: a cut in a band about the last one is within the same time and memory', async () => {
  const wide = fc.record({
    nodes: fc.integer({ min: 2, max: 30 }),
    layers: fc.array(
      fc.record({
        name: fc.constant('layer'),
        forwardFlops: fc.integer({ min: 1, max: 6 }),
        backwardFlops: fc.integer({ min: 1, max: 6 }),
        parameters: fc.integer({ min: 0, max: 5 }),
        outputElements: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 100, maxLength: 200 },
    ),
  });
  fc.assert(
    fc.property(wide, ({ nodes: count, layers }) => {
      const nodes = Array.from({ length: count }, () => ({
        ...{ speedFlopsPerSecond: 1, overheadSeconds: 0, memoryBytes: 1e6, ...FREE },
      }));
      const line = costLine({ kind: 'costs', layers, inputElements: 3 });
      const memory = { bytesPerParameter: 8, elementBytes: 4 };
      const whole = { line, samples: 1, forwardPasses: 1, nodes, memory };
      const { bounds, bottleneckSeconds } = partition(whole)!;
      const problem = new CutProblem(whole);
      const narrow = leastCut(problem, bottleneckSeconds, 0)!;
      return (
        narrow.length === count + 1 &&
        narrow[0] === 0 &&
        narrow[count] === layers.length &&
        nodes.every((_, node) =>
          problem.fits(node, narrow[node], narrow[node + 1], bottleneckSeconds),
        ) &&
        narrow.every((bound, i) => i === 0 || bound > narrow[i - 1]) &&
        cutElements(whole, narrow) >= cutElements(whole, bounds)
      );
    }),
    { numRuns: 100 },
  );
});
