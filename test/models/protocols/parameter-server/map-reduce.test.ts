/** MapReduce SGD: bulk synchronous, and each step goes through a job's start and storage (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { exactSetups } from './exact-setups.ts';
import { anyDuration, befalls, endsAlike, faultySetups, momentOf } from './faulty-setups.ts';
import { bitsOf, costTable, play, TRAINING, type Setup } from './harness.ts';

const anyJobs = fc.record({
  jobOverhead: fc.constantFrom(0, 1e-6, 3e-4),
  storageBandwidth: fc.constantFrom(1e6, 1e8, 1e12),
});

t.test('D: T = (Wk+1)wP/beta + 2 alpha + t_c + t_add + t_upd + J + 2 wP/storage', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 50, max: 3000 }),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 5000 }),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 8 }),
      (workers, P, alpha, t_c, overheadNs, storageNsPerByte) => {
        const { record } = play({
          kind: 'ps-bsp',
          nodes: workers + 1,
          model: costTable(t_c, P),
          data: null,
          latencyNs: alpha,
          options: {
            mapReduce: {
              jobOverhead: overheadNs / 1e9,
              storageBandwidth: 1e9 / storageNsPerByte,
            },
          },
          training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 5 },
        });
        const wP = 4 * P;
        const job = overheadNs + 2 * wP * storageNsPerByte;
        const t_add = P;
        const t_upd = 2 * P;
        const closedForm = (workers + 1) * wP + 2 * alpha + t_c + t_add + t_upd + job;
        // Headers and losses, and the pulls in the way of the last push: see bsp-timing.test.ts.
        const leftOut = (workers + 1) * 48 + workers * 8 + Math.max(0, workers - 2) * 64;
        const [, before, after] = record.iterations.map(({ timeNs }) => timeNs);
        // Floating-point quotients may round up by a nanosecond.
        const exceeds = after - before - closedForm - leftOut;
        return exceeds >= 0 && exceeds <= 1;
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('D: jobs and storage cost time alone: the weights are those of BSP', async (t) => {
  fc.assert(
    fc.property(
      exactSetups('ps-bsp'),
      fc.integer({ min: 1, max: 3 }),
      anyJobs,
      (drawn, servers, mapReduce) => {
        const setup: Setup = { ...drawn, servers, nodes: drawn.nodes - 1 + servers };
        const plain = play(setup);
        const { result, record } = play({ ...setup, options: { mapReduce } });
        return (
          result.outcome === 'finished' &&
          bitsOf(record.finalWeights) === bitsOf(plain.record.finalWeights)
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: whoever crashes or pauses, jobs go on and end with the same bits', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 1, max: 2 }),
      anyJobs,
      fc.nat(20),
      fc.nat(1000),
      fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
      anyDuration,
      (drawn, mapReduce, any, thousandths, kind, forNs) => {
        const setup = { ...drawn, options: { mapReduce } };
        const atNs = momentOf(setup, thousandths / 1000);
        const rule = befalls(any % setup.nodes, atNs, kind, forNs);
        return endsAlike(play({ ...setup, faults: [rule] }), drawn);
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('jobs without sense are refused, with the field', async (t) => {
  const mapReduce = { jobOverhead: 1, storageBandwidth: 1e8 };
  const training = { ...TRAINING, numerics: 'cost' as const };
  const setup = { kind: 'ps', nodes: 4, model: costTable(100, 50), data: null, training };
  for (const options of [{ consistency: 'asp' }, { backupWorkers: 1 }, { pull: 'tree' }])
    t.throws(() => play({ ...setup, options: { mapReduce, ...options } }), {
      path: 'protocol.mapReduce',
      message: /^a job.* would be right$/,
    });
});
