/**
 * The closed form of BSP's iteration time (PROTOCOLS section D) on a star of FIFO NICs. The form leaves out
 * headers, the loss and the pulls; here they are added one by one, so that both sides are equal to the nanosecond.
 */
import fc from 'fast-check';
import t from 'tap';
import { LOSS_BYTES, PULL_BYTES } from '../../../../models/protocols/parameter-server/messages.ts';
import { jobNs } from '../../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { EXACT_HOST, TRAINING, anyOptimizer, costTable, play } from './harness.ts';

/** With 1 byte and 1 FLOP a nanosecond every cost is a whole number; `jobNs` may round some of them up by one. */
const BYTES_PER_SECOND = 1e9;

t.test(
  'D: T = (Wk+1)wP/beta + 2 alpha + t_c + t_add + t_upd, and what it leaves out',
  async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 43, max: 3000 }),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(100),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<(32 | 64)[]>(32, 64),
        anyOptimizer,
        (workers, P, alpha, sampleFlops, taskOverheadNs, samples, precision, optimizer) => {
          const { record } = play({
            kind: 'ps-bsp',
            nodes: workers + 1,
            model: costTable(sampleFlops, P),
            data: null,
            latencyNs: alpha,
            bandwidthBytesPerSecond: BYTES_PER_SECOND,
            host: { ...EXACT_HOST, taskOverheadNs },
            training: {
              ...TRAINING,
              numerics: 'cost',
              batch: workers * samples,
              iterations: 4,
              precision,
              optimizer,
            },
          });
          const slots = { sgd: 0, momentum: 1, adagrad: 1, adam: 2 }[optimizer.kind];
          const wP = (precision / 8) * P;
          const host = { ...EXACT_HOST, taskOverheadNs };
          const t_c = jobNs(host, samples * sampleFlops, 1);
          const t_add = jobNs(host, P, 1);
          const t_upd = jobNs(host, (2 + 2 * slots) * P, 1);
          const closedForm = (workers + 1) * wP + 2 * alpha + t_c + t_add + t_upd;

          const pull = PULL_BYTES + MESSAGE_HEADER_BYTES;
          const headers = (workers + 1) * MESSAGE_HEADER_BYTES;
          const losses = workers * LOSS_BYTES;
          // A push is longer than a reply by its loss, so each pull falls behind the next worker's push: all but
          // the last two pulls are in the way of the last push. Those two come while the server adds and updates.
          const pullsInTheWay = Math.max(0, workers - 2) * pull;
          fc.pre(t_add <= wP + MESSAGE_HEADER_BYTES + LOSS_BYTES);
          fc.pre(t_add + t_upd >= 2 * pull);
          const period = closedForm + headers + losses;

          // The first iteration is excluded: its pulls come all at once. After the last push no pull goes.
          const [first, ...others] = record.iterations.map(({ timeNs }) => timeNs);
          return others.every((timeNs, k) => {
            const inTheWay = k === others.length - 1 ? 0 : pullsInTheWay;
            return timeNs === (k === 0 ? first : others[k - 1]) + period + inTheWay;
          });
        },
      ),
      { numRuns: 150 },
    );
    t.pass();
  },
);

t.test('D: the closed form at Wk = 4, 16, 64', async (t) => {
  for (const workers of [4, 16, 64]) {
    const { record } = play({
      kind: 'ps-bsp',
      nodes: workers + 1,
      model: costTable(100_000, 10_000),
      data: null,
      latencyNs: 5000,
      bandwidthBytesPerSecond: BYTES_PER_SECOND,
      training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 4 },
    });
    const [, before, after] = record.iterations;
    const closedForm = (workers + 1) * 40_000 + 10_000 + 100_000 + 10_000 + 20_000;
    const leftOut = (workers + 1) * 48 + workers * 8 + (workers - 2) * 64;
    t.equal(after.timeNs - before.timeNs, closedForm + leftOut, `${workers} workers`);
  }
});
