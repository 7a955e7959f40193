/** Costs are rounded up once, and a cost that is whole stays as it is. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs, speedAt, transferNs } from '../../engine/cost.ts';

const GIGA = 1e9;

const HOST = { speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs: 0 };

t.test('at 1 GFLOP/s any whole number of FLOPs takes as many nanoseconds, not one more', (t) => {
  const host = { speedFlopsPerSecond: GIGA, memoryBytes: Infinity, taskOverheadNs: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (flops) => jobNs(host, flops, 1) === flops),
    { examples: [[491], [4062]] },
  );
  t.equal(jobNs({ ...host, taskOverheadNs: 7 }, 491, 1), 498, 'the overhead comes on top');
  t.equal(jobNs(host, 491, 1.5), 737, '736.5 is rounded up, after the factor');
  t.equal(
    jobNs({ ...host, taskOverheadNs: 1 }, 1, 1.5),
    3,
    'overhead and work are rounded together',
  );
  t.end();
});

t.test('a transfer takes bytes over bandwidth, rounded up', (t) => {
  t.equal(transferNs(1000, GIGA), 1000);
  t.equal(transferNs(1, 3 * GIGA), 1);
  t.equal(transferNs(0, GIGA), 0);
  t.end();
});

t.test(
  'between two rows an efficiency lies on the line, beyond them it is that of the nearest',
  async (t) => {
    const efficiency = [
      { samples: 2, efficiency: 0.5 },
      { samples: 4, efficiency: 0.75 },
      { samples: 8, efficiency: 0.25 },
    ];
    const rows = { ...HOST, efficiency };
    for (const [samples, part] of [
      [1, 0.5],
      [2, 0.5],
      [3, 0.625],
      [4, 0.75],
      [6, 0.5],
      [8, 0.25],
      [99, 0.25],
      [0, 0.75],
    ])
      t.equal(speedAt(rows, samples), part * 1e9, `${samples} samples`);
    const profile = { overheadNs: 7, samples: 2, elementWiseFlops: 0, elementWiseBytes: 0 };
    t.equal(jobNs(rows, 100, 1, profile), 207, 'the overhead of the job comes on top');
  },
);

t.test(
  'element-wise work takes the longer of operations and traffic, other work none of it',
  async (t) => {
    const rows = { ...HOST, memoryBandwidthBytesPerSecond: 2e9 };
    const work = { overheadNs: 0, samples: 1 };
    t.equal(jobNs(rows, 100, 1, { ...work, elementWiseFlops: 40, elementWiseBytes: 60 }), 100);
    t.equal(jobNs(rows, 100, 1, { ...work, elementWiseFlops: 40, elementWiseBytes: 200 }), 160);
    t.equal(jobNs(rows, 100, 1, { ...work, elementWiseFlops: 0, elementWiseBytes: 0 }), 100);
  },
);
