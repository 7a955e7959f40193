/** Costs are rounded up once, and a cost that is whole stays as it is. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs, transferNs } from '../../engine/cost.ts';

const GIGA = 1e9;

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
