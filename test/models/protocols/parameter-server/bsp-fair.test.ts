/**
 * The closed form of BSP's iteration time (PROTOCOLS section D) on a star of fair-shared NICs: 2 Wk w P / beta +
 * 2 alpha + t_c. What the form leaves out is added one by one: headers, losses, adding and updating, or the pulls
 * where they take longer.
 */
import fc from 'fast-check';
import t from 'tap';
import { LOSS_BYTES, PULL_BYTES } from '../../../../models/protocols/parameter-server/messages.ts';
import { jobNs } from '../../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { EXACT_HOST, TRAINING, costTable, play } from './harness.ts';

t.test('D: T = 2 Wk wP/beta + 2 alpha + t_c with fair NICs, and what it leaves out', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 100, max: 3000 }),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 5000 }),
      (workers, P, alpha, sampleFlops) => {
        const { record } = play({
          kind: 'ps-bsp',
          nodes: workers + 1,
          model: costTable(sampleFlops, P),
          data: null,
          latencyNs: alpha,
          bandwidthBytesPerSecond: 1e9,
          sharing: 'fair',
          training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 4 },
        });
        const wP = 4 * P;
        const t_c = jobNs(EXACT_HOST, sampleFlops, 1);
        const closedForm = 2 * workers * wP + 2 * alpha + t_c;
        // All pushes end at one instant, so the sums come one after another, in the workers' order.
        const server = workers * jobNs(EXACT_HOST, P, 1) + jobNs(EXACT_HOST, 2 * P, 1);
        // Replies and pushes have headers, pushes a loss.
        const extra = workers * (2 * MESSAGE_HEADER_BYTES + LOSS_BYTES);
        // Each pull goes behind its push, while the server adds and updates.
        const pulls = workers * (PULL_BYTES + MESSAGE_HEADER_BYTES);
        const times = record.iterations.map(({ timeNs }) => timeNs);
        return times.every(
          (timeNs, k) =>
            k === 0 || timeNs - times[k - 1] === closedForm + extra + Math.max(server, pulls),
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});
