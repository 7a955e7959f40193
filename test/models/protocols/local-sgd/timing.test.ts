/** The closed form of a round of local SGD (PROTOCOLS section I), exact to the nanosecond on a star of FIFO NICs. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { OPTIMIZER_SLOTS } from '../../../../models/spec/training.ts';
import { anyOptimizer, costTable } from '../parameter-server/harness.ts';
import { host, runProtocol, SPEED } from '../ring-tmp/harness.ts';
import { localSgd } from './twin.ts';

const ROUNDS = 3;

const work = fc.record({
  workers: fc.integer({ min: 2, max: 40 }),
  localSteps: fc.integer({ min: 1, max: 6 }),
  /** Elements that each worker adds up, the losses among them. */
  part: fc.integer({ min: 7, max: 100 }),
  latencyNs: fc.nat(20_000),
  sampleFlops: fc.integer({ min: 1, max: 5000 }),
  taskOverheadNs: fc.nat(100),
  samples: fc.integer({ min: 1, max: 3 }),
  precision: fc.constantFrom<(32 | 64)[]>(32, 64),
  optimizer: anyOptimizer,
  outer: fc.constantFrom('average', 'nesterov'),
});

t.test('I: T = H t_c + 2 alpha + 2(N-1)/N wP/beta + t_add, and what it leaves out', async (t) => {
  fc.assert(
    fc.property(work, (drawn) => {
      const { workers, localSteps, part, sampleFlops, samples, precision, optimizer } = drawn;
      const { latencyNs, taskOverheadNs } = drawn;
      const own = host(SPEED, Infinity, taskOverheadNs);
      const parameters = workers * part - localSteps;
      const { iterations, result } = runProtocol(
        {
          hosts: Array.from({ length: workers }, () => own),
          model: costTable(sampleFlops, parameters),
          training: {
            ...{ numerics: 'cost', precision, optimizer },
            ...{ batch: workers * samples, iterations: ROUNDS * localSteps },
          },
          network: { kind: 'star', bandwidth: 1e9, latencyNs },
        },
        localSgd(localSteps, drawn.outer),
      );
      const update = (2 + 2 * OPTIMIZER_SLOTS[optimizer.kind]) * parameters;
      const t_c = jobNs(own, samples * sampleFlops + update, 1);
      const t_add = jobNs(own, workers * part, 1);
      const t_outer = drawn.outer === 'average' ? 0 : jobNs(own, 6 * parameters, 1);
      const bytes = (precision / 8) * part + MESSAGE_HEADER_BYTES;
      const T = localSteps * t_c + 2 * latencyNs + 2 * (workers - 1) * bytes + t_add + t_outer;
      return (
        result.timeNs === ROUNDS * T &&
        result.nodes.bytesSent.every(
          (bytesSent) => bytesSent === ROUNDS * 2 * (workers - 1) * bytes,
        ) &&
        iterations.every(
          ({ iteration, timeNs }) => timeNs === T * (1 + Math.floor(iteration / localSteps)),
        )
      );
    }),
    { numRuns: 150 },
  );
  t.pass();
});
