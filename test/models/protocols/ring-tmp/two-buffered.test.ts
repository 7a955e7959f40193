/** How many micro-batches 2bw may have in flight (PROTOCOLS B). */
import t from 'tap';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { iterationNs, period, type Ring, run, type Stage, taskNs } from './ring-times.ts';

t.test(
  'B: 2bw with a window of m is slower than with m + 1, where that is what latency asks for',
  async (t) => {
    const [nodes, microBatches, parameters] = [4, 3, 10];
    const stage = { forward: 1000, backward: 2000 };
    const periodNs = (window: number) => {
      const ring: Ring = {
        stages: Array<Stage>(nodes).fill(stage),
        ...{ microBatches, latencyNs: 0, cutBytes: 0, parameters, iterations: 10 },
        options: { mode: '2bw', window },
      };
      return iterationNs(run(ring)).slice(4, -1);
    };
    const steady = microBatches * period(stage) + taskNs(2 * parameters);
    const hops = 2 * (nodes - 1) * MESSAGE_HEADER_BYTES;
    t.ok(periodNs(microBatches + 1).every((ns) => steady <= ns && ns <= steady + hops));
    t.ok(
      periodNs(microBatches).every((ns) => ns >= steady + period(stage) - hops),
      'a slot is lost',
    );
    t.same(
      periodNs(microBatches + 5),
      periodNs(microBatches + 1),
      'no more than m + 1 are in flight',
    );
  },
);
