import t from 'tap';
import fc from 'fast-check';
import { costLine } from '../../../../models/costs/cost-line.ts';
import { partition, type PartitionRequest } from '../../../../models/costs/partition/partition.ts';
import { CutProblem } from '../../../../models/costs/partition/cut-problem.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { mlpLine } from '../../../../models/costs/mlp-line.ts';

/** A link that costs nothing. */
const FREE = { bandwidthBytesPerSecond: Infinity };

/**
 * Every cut of the line into runs of at least one block: the best time of the slowest node or link, then fewest
 * elements, by trying all.
 */
function bruteForce(request: PartitionRequest): { seconds: number; elements: number } | null {
  const problem = new CutProblem(request);
  const { blockCount, nodes } = problem;
  let best: { seconds: number; elements: number } | null = null;
  const wire = (node: number, cut: { forward: number; backward: number } | null): number => {
    if (cut === null) return 0;
    const elements = request.samples * Math.max(cut.forward, cut.backward);
    return (4 * elements + MESSAGE_HEADER_BYTES) / nodes[node].bandwidthBytesPerSecond;
  };
  const place = (node: number, low: number, seconds: number, elements: number): void => {
    if (node === nodes.length) {
      if (low !== blockCount) return;
      if (
        best === null ||
        seconds < best.seconds ||
        (seconds === best.seconds && elements < best.elements)
      )
        best = { seconds, elements };
      return;
    }
    for (let high = low + 1; high <= blockCount - (nodes.length - 1 - node); high++) {
      if (problem.bytes(low, high) > nodes[node].memoryBytes) return;
      const cut = high < blockCount ? request.line.carryElements(high - 1) : null;
      place(
        node + 1,
        high,
        Math.max(seconds, problem.seconds(node, low, high), wire(node, cut)),
        elements + (cut === null ? 0 : cut.forward + cut.backward),
      );
    }
  };
  place(0, 0, 0, 0);
  return best;
}

function cutElements(request: PartitionRequest, bounds: readonly number[]): number {
  let elements = 0;
  for (const bound of bounds.slice(1, -1)) {
    const { forward, backward } = request.line.carryElements(bound - 1);
    elements += forward + backward;
  }
  return elements;
}

const tableLine = fc
  .array(
    fc.record({
      name: fc.constant('layer'),
      forwardFlops: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(40)),
      backwardFlops: fc.integer({ min: 1, max: 6 }),
      parameters: fc.integer({ min: 0, max: 5 }),
      outputElements: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((layers) => costLine({ kind: 'costs', layers, inputElements: 3 }));

const splitLine = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 3 }))
  .map(([layers]) => mlpLine({ kind: 'mlp', layers, activation: 'relu' }, 1000));

const request = fc
  .oneof(tableLine, splitLine)
  .filter((line) => line.blocks.length <= 10)
  .chain((line) =>
    fc.record({
      line: fc.constant(line),
      samples: fc.integer({ min: 1, max: 3 }),
      forwardPasses: fc.constantFrom(1, 2),
      nodes: fc.array(
        fc.record({
          speedFlopsPerSecond: fc.constantFrom(1, 2, 5),
          overheadSeconds: fc.constantFrom(0, 0.5, 3),
          bandwidthBytesPerSecond: fc.constantFrom(Infinity, 2, 10, 30),
          memoryBytes: fc.oneof(fc.constant(Infinity), fc.integer({ min: 50, max: 2000 })),
        }),
        { minLength: 1, maxLength: Math.min(6, line.blocks.length) },
      ),
      memory: fc.constant({ bytesPerParameter: 8, elementBytes: 4 }),
    }),
  );

t.test('A.4: dynamic programming, bisection and brute force agree on the bottleneck', async (t) => {
  let impossible = 0;
  fc.assert(
    fc.property(request, (request) => {
      const best = bruteForce(request);
      for (const method of ['dynamic', 'bisection'] as const) {
        const found = partition(request, method);
        if (best === null || found === null) {
          if (best !== null || found !== null) return false;
          impossible++;
          continue;
        }
        if (found.bottleneckSeconds !== best.seconds) return false;
        if (cutElements(request, found.bounds) !== best.elements) return false;
      }
      return true;
    }),
    { numRuns: 3000 },
  );
  t.ok(impossible > 0, 'memory that holds no cut was among the cases');
});

t.test('A.4: the two ways give the same bounds, each a block at least', async (t) => {
  fc.assert(
    fc.property(request, (request) => {
      const dynamic = partition(request, 'dynamic');
      const bisection = partition(request, 'bisection');
      if (dynamic === null) return bisection === null;
      const { bounds } = dynamic;
      return (
        JSON.stringify(bounds) === JSON.stringify(bisection?.bounds) &&
        bounds[0] === 0 &&
        bounds[bounds.length - 1] === request.line.blocks.length &&
        bounds.every((bound, i) => i === 0 || bound > bounds[i - 1])
      );
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

t.test('A.4: equal hosts on equal blocks get equal shares', async (t) => {
  const layer = { name: 'x', forwardFlops: 2, backwardFlops: 4, parameters: 1, outputElements: 1 };
  const line = costLine({ kind: 'costs', layers: Array(24).fill(layer), inputElements: 1 });
  const node = { speedFlopsPerSecond: 1, overheadSeconds: 0, memoryBytes: Infinity, ...FREE };
  const memory = { bytesPerParameter: 8, elementBytes: 4 };
  const found = partition({
    line,
    samples: 1,
    forwardPasses: 1,
    nodes: Array(6).fill(node),
    memory,
  });
  t.same(found?.bounds, [0, 4, 8, 12, 16, 20, 24]);
  t.equal(found?.bottleneckSeconds, 24);
});

t.test('of equal cuts the narrower is chosen, then the lower', async (t) => {
  const layer = (outputElements: number) => ({
    name: 'x',
    forwardFlops: 1,
    backwardFlops: 1,
    parameters: 1,
    outputElements,
  });
  const node = { speedFlopsPerSecond: 1, overheadSeconds: 0, memoryBytes: Infinity, ...FREE };
  const memory = { bytesPerParameter: 8, elementBytes: 4 };
  const cut = (outputs: number[]) =>
    partition({
      line: costLine({ kind: 'costs', layers: outputs.map(layer), inputElements: 1 }),
      samples: 1,
      forwardPasses: 1,
      nodes: [node, node],
      memory,
    })?.bounds;
  t.same(cut([9, 3, 9]), [0, 2, 3]);
  t.same(cut([3, 9, 9]), [0, 1, 3]);
  t.same(cut([5, 5, 5]), [0, 1, 3]);
});

t.test('a cut whose link would take longer than its stages is not made', async (t) => {
  const layer = (outputElements: number) => ({
    ...{ name: 'x', forwardFlops: 100, backwardFlops: 100, parameters: 1, outputElements },
  });
  const layers = [layer(400), layer(400), layer(10), layer(400)];
  const cut = (bandwidthBytesPerSecond: number) =>
    partition({
      line: costLine({ kind: 'costs', layers, inputElements: 1 }),
      ...{ samples: 1, forwardPasses: 1, memory: { bytesPerParameter: 8, elementBytes: 4 } },
      nodes: Array.from({ length: 2 }, () => ({
        ...{ speedFlopsPerSecond: 1, overheadSeconds: 0, memoryBytes: Infinity },
        bandwidthBytesPerSecond,
      })),
    });
  t.same(cut(1000), { bounds: [0, 2, 4], bottleneckSeconds: 400 });
  t.same(cut(2), { bounds: [0, 3, 4], bottleneckSeconds: 600 });
  t.same(cut(0.1), { bounds: [0, 3, 4], bottleneckSeconds: 880 }, 'the link is the bottleneck');
});

t.test('a thousand nodes are cut in one go, and fewer blocks than nodes are refused', async (t) => {
  const line = mlpLine({ kind: 'mlp', layers: [784, 2048, 2048, 10], activation: 'relu' }, 1024);
  const node = { speedFlopsPerSecond: 1e11, overheadSeconds: 2e-5, memoryBytes: 1e9, ...FREE };
  const memory = { bytesPerParameter: 8, elementBytes: 4 };
  const found = partition({
    line,
    samples: 4,
    forwardPasses: 1,
    nodes: Array(1024).fill(node),
    memory,
  });
  t.equal(found?.bounds.length, 1025);
  const mixed = Array.from({ length: 1024 }, (_, i) => ({
    ...node,
    speedFlopsPerSecond: 1e11 * (1 + (i % 3)),
  }));
  t.equal(
    partition({ line, samples: 4, forwardPasses: 1, nodes: mixed, memory })?.bounds.length,
    1025,
  );
  t.throws(
    () => partition({ line, samples: 4, forwardPasses: 1, nodes: Array(9999).fill(node), memory }),
    /blocks on 9999 nodes/,
  );
});
