/** ASP: a replay of its own history gives its weights; staleness, rate and exactly-once of PROTOCOLS section D. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import type { World } from '../../../../engine/world.ts';
import { Optimizer } from '../../../../models/learning/optimizer.ts';
import { shareOf } from '../../../../models/learning/shares.ts';
import {
  EXACT_HOST,
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  bitsOf,
  costTable,
  play,
  type Outcome,
} from './harness.ts';
import { exactSetups } from './exact-setups.ts';
import { ReferenceNet } from './sequential-reference.ts';

const anyExactSetup = exactSetups('ps-asp');

/** The updates of the server in order: of which share and iteration, and the version its gradient was made at. */
function historyOf({ jobs, nodes }: Outcome) {
  const server = nodes.length - 1;
  const readAt = new Map<string, number>();
  for (const { node, job } of jobs)
    if (node !== server) readAt.set(`${job.iteration}/${job.worker}`, job.version);
  return jobs
    .filter(({ node }) => node === server)
    .map(({ job }) => ({
      share: job.worker!,
      clock: job.iteration,
      readAt: readAt.get(`${job.iteration}/${job.worker}`)!,
    }));
}

t.test(
  'D: ASP equals the replay of its history bit for bit, with each push one update',
  async (t) => {
    fc.assert(
      fc.property(anyExactSetup, (setup) => {
        const outcome = play(setup);
        const { training } = setup;
        const workers = setup.nodes - 1;
        const reference = new ReferenceNet(SMALL_MLP, training, SMALL_DATA.train, setup.seed!);
        const { net } = reference;
        const optimizer = new Optimizer(training, net.parameters.length);
        const versions = [net.parameters.slice()];
        const losses: number[] = [];
        let [lossSum, samples] = [0, 0];
        for (const { share, clock, readAt } of historyOf(outcome)) {
          const { low, high } = shareOf(training.batch, workers, share);
          net.parameters.set(versions[readAt]);
          lossSum += reference.addGradient(clock * training.batch + low, high - low);
          samples += high - low;
          const next = versions[versions.length - 1].slice();
          optimizer.step(next, net.gradients);
          net.gradients.fill(0);
          if (versions.push(next) % workers !== 1 % workers) continue;
          losses.push(lossSum / samples);
          [lossSum, samples] = [0, 0];
        }
        const { record } = outcome;
        return (
          outcome.result.outcome === 'finished' &&
          versions.length === 1 + workers * training.iterations &&
          record.iterations.map(({ loss }) => loss).join() === losses.join() &&
          bitsOf(record.finalWeights) === bitsOf(versions[versions.length - 1])
        );
      }),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test(
  'D: the set of applied gradients is the set of pushed ones; iterations count samples',
  async (t) => {
    fc.assert(
      fc.property(anyExactSetup, (setup) => {
        const outcome = play(setup);
        const { iterations, batch } = setup.training;
        const workers = setup.nodes - 1;
        const applied = historyOf(outcome).map(({ share, clock }) => `${clock}/${share}`);
        const pushed = outcome.messages
          .filter(({ message }) => message.kind === 'push')
          .map(({ message }) => `${(message as any).iteration}/${(message as any).share}`);
        const { iterations: rows, samples } = outcome.record;
        return (
          new Set(applied).size === workers * iterations &&
          applied.sort().join() === pushed.sort().join() &&
          rows.length === iterations &&
          rows.every(({ iteration }, k) => iteration === k) &&
          samples === iterations * batch
        );
      }),
      { numRuns: 40 },
    );
    t.pass();
  },
);

t.test('D: staleness is the updates between the read and the use of a gradient', async (t) => {
  fc.assert(
    fc.property(anyExactSetup, (setup) => {
      const outcome = play(setup);
      const expected = historyOf(outcome).map(({ readAt }, update) => update - readAt);
      const { mean, max, count } = outcome.record.staleness;
      const sum = expected.reduce((total, n) => total + n, 0);
      return (
        outcome.staleness.join() === expected.join() &&
        count === expected.length &&
        max === Math.max(...expected) &&
        mean === sum / count
      );
    }),
    { numRuns: 40 },
  );
  t.pass();
});

const anyEqualWorkers = fc.record({
  workers: fc.integer({ min: 1, max: 24 }),
  P: fc.integer({ min: 43, max: 3000 }),
  alpha: fc.nat(20_000),
  t_c: fc.integer({ min: 1, max: 100_000 }),
  taskOverheadNs: fc.nat(5000),
});

type EqualWorkers = typeof anyEqualWorkers extends fc.Arbitrary<infer T> ? T : never;

const ITERATIONS = 12;
const ROUNDS = 8;

/** What the closed form of the rate speaks of, and what it leaves out, in nanoseconds. */
function costsOf({ workers, P, alpha, t_c, taskOverheadNs }: EqualWorkers) {
  const pull = 16 + 48;
  const host = { ...EXACT_HOST, taskOverheadNs };
  const update = jobNs(host, 3 * P, 1);
  const gradient = jobNs(host, t_c, 1);
  const reply = 4 * P + 48;
  const push = 4 * P + 48 + 8;
  const cycle = gradient + 2 * 4 * P + 2 * alpha;
  return {
    pull,
    update,
    push,
    closedForm: Math.max(cycle, workers * 4 * P, workers * update),
    // A worker's cycle has the headers, the loss and the update (or the pull, if longer) besides.
    wholeCycle: gradient + reply + push + 2 * alpha + Math.max(update, pull),
  };
}

/**
 * One byte and one FLOP a nanosecond; one sample a worker. With `apartNs` each worker's first job is that much
 * longer than its predecessor's.
 */
function playEqualWorkers(drawn: EqualWorkers, apartNs = 0): Outcome {
  const apart = (world: World): World => {
    const later: World = Object.create(world);
    let first = true;
    later.compute = (job) => {
      const delay = first && world.self < drawn.workers ? world.self * apartNs : 0;
      first = false;
      world.compute({ ...job, flops: job.flops + delay });
    };
    return later;
  };
  return play({
    kind: 'ps-asp',
    nodes: drawn.workers + 1,
    model: costTable(drawn.t_c, drawn.P),
    data: null,
    latencyNs: drawn.alpha,
    host: { ...EXACT_HOST, taskOverheadNs: drawn.taskOverheadNs },
    training: { ...TRAINING, numerics: 'cost', batch: drawn.workers, iterations: ITERATIONS },
    wrap: apart,
  });
}

/** Mean time of Wk updates, over the rounds before the last, whose pushes have no pulls behind them. */
function meanRoundNs({ record }: Outcome): number {
  const { iterations } = record;
  const last = ITERATIONS - 2;
  return (iterations[last].timeNs - iterations[last - ROUNDS].timeNs) / ROUNDS;
}

t.test('D: equal workers apart are Wk - 1 updates stale, and cycle undisturbed', async (t) => {
  fc.assert(
    fc.property(anyEqualWorkers, (drawn) => {
      const { workers } = drawn;
      const { pull, update, push } = costsOf(drawn);
      const apart = push + pull + update;
      // Room for all of them in one cycle: the server's first replies set them a reply's length apart besides.
      const room = { ...drawn, t_c: drawn.t_c + workers * (apart + push) };
      const outcome = playEqualWorkers(room, apart);
      return (
        outcome.staleness.slice(0, workers).every((n, worker) => n === worker) &&
        outcome.staleness.slice(workers).every((n) => n === workers - 1) &&
        meanRoundNs(outcome) === costsOf(room).wholeCycle
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: equal workers that start together are Wk - 1 updates stale, or one less', async (t) => {
  fc.assert(
    fc.property(anyEqualWorkers, (drawn) => {
      // One less where a pull falls behind the push of the next worker, which started a reply's length later.
      const { staleness } = playEqualWorkers(drawn);
      const { workers } = drawn;
      return (
        staleness.slice(0, workers).every((n, worker) => n === worker) &&
        staleness.slice(workers).every((n) => n === workers - 1 || n === workers - 2) &&
        Math.max(...staleness) === workers - 1
      );
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test(
  'D: rate = min(Wk/(t_c+2wP/beta+2alpha), beta/(wP), s/(c_u P)), within bounds',
  async (t) => {
    fc.assert(
      fc.property(anyEqualWorkers, (drawn) => {
        const { workers } = drawn;
        const { pull, update, push, closedForm, wholeCycle } = costsOf(drawn);
        const roundNs = meanRoundNs(playEqualWorkers(drawn));
        // Never faster than the form; slower by what it leaves out, and by one push and its update where a pull
        // waits behind another worker's.
        const leftOut = Math.max(wholeCycle, workers * (push + pull), workers * update);
        return closedForm <= roundNs && roundNs <= leftOut + push + pull + update;
      }),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test(
  'D: no worker has a quota: one that is three times slower takes its part of the rate',
  async (t) => {
    const sampleFlops = 1_000_000;
    const iterations = 60;
    const { record } = play({
      kind: 'ps-asp',
      nodes: 9,
      model: costTable(sampleFlops, 100),
      data: null,
      otherHosts: { 3: { ...EXACT_HOST, speedFlopsPerSecond: EXACT_HOST.speedFlopsPerSecond / 3 } },
      training: { ...TRAINING, numerics: 'cost', batch: 8, iterations },
    });
    // Seven make a share a millisecond, and one a third of one; the messages take some microseconds besides.
    const meanNs = record.iterations[iterations - 1].timeNs / iterations;
    const steadyNs = (8 * 1e6) / (7 + 1 / 3);
    t.ok(meanNs >= steadyNs * 0.97 && meanNs <= steadyNs * 1.03, `${meanNs} of ${steadyNs} ns`);
  },
);

t.test('one worker makes ASP and BSP the same', async (t) => {
  const setup = { nodes: 2, model: SMALL_MLP, data: SMALL_DATA, training: TRAINING };
  const asynchronous = play({ ...setup, kind: 'ps-asp' }).record.finalWeights;
  const synchronous = play({ ...setup, kind: 'ps-bsp' }).record.finalWeights;
  t.equal(bitsOf(asynchronous), bitsOf(synchronous));
});
