/** Stale synchronous parallel: who waits for whom, and what is read (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { exactSetups } from './exact-setups.ts';
import {
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  bitsOf,
  costTable,
  play,
  type Outcome,
  type Setup,
} from './harness.ts';
import { replayedWeights } from './ssp-replay.ts';
import { sequentialReference } from './sequential-reference.ts';

const anyShards = fc.integer({ min: 1, max: 4 });
const anySlack = fc.constantFrom(0, 1, 2, 3, 10);

/** The same workers before that many servers, with that slack; plain steps, for a worker makes its own. */
function ssp(setup: Setup, servers: number, slack: number): Setup {
  const { training, nodes } = setup;
  const optimizer = slack > 0 ? ({ kind: 'sgd' } as const) : training.optimizer;
  return {
    ...setup,
    kind: 'ps',
    servers,
    nodes: nodes - 1 + servers,
    training: { ...training, optimizer },
    options: { consistency: { ssp: slack } },
  };
}

t.test('D: SSP with s = 0 equals BSP bit for bit, over any number of shards', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps'), anyShards, (setup, servers) => {
      const { result, record } = play(ssp(setup, servers, 0));
      const { training, seed, nodes } = setup;
      const data = SMALL_DATA.train;
      const bsp = play({ ...ssp(setup, servers, 0), options: { consistency: 'bsp' } }).record;
      const reference = sequentialReference(SMALL_MLP, training, data, seed!, nodes - 1);
      return (
        result.outcome === 'finished' &&
        bitsOf(record.finalWeights) === bitsOf(reference.weights) &&
        bitsOf(record.finalWeights) === bitsOf(bsp.finalWeights) &&
        record.iterations.length === training.iterations &&
        record.iterations.every(({ loss }, k) => loss === bsp.iterations[k].loss)
      );
    }),
    { numRuns: 80 },
  );
  t.pass();
});

/** The gradient jobs of all workers, in order of time. */
function gradients({ jobs }: Outcome) {
  return jobs.filter(({ job }) => job.pass === 'gradient');
}

t.test('D: nobody starts iteration c while somebody has finished fewer than c - s', async (t) => {
  let most = 0;
  fc.assert(
    fc.property(exactSetups('ps'), anyShards, anySlack, (setup, servers, slack) => {
      const outcome = play(ssp(setup, servers, slack));
      const workers = setup.nodes - 1;
      const ended = gradients(outcome).map(({ job, endNs }) => ({ ...job, endNs }));
      return gradients(outcome).every(({ job, startNs }) => {
        const finished = Array.from(
          { length: workers },
          (_, worker) =>
            ended.filter((one) => one.worker === worker && one.endNs <= startNs).length,
        );
        const least = Math.min(...finished);
        // Counting the clock that this iteration will have finished.
        most = Math.max(most, job.iteration + 1 - least - slack);
        return job.iteration + 1 - least <= slack + 1;
      });
    }),
    { numRuns: 80 },
  );
  t.equal(most, 1, 'and the bound is reached');
});

t.test('D: all updates that a read must see are in what it reads, and its own', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps'), anyShards, anySlack, (setup, servers, slack) => {
      const plain = { ...setup.training, optimizer: { kind: 'sgd' } as const };
      const played = ssp({ ...setup, training: plain }, servers, slack);
      const outcome = play(played);
      const { weights, missing } = replayedWeights(played, outcome, slack);
      return (
        outcome.result.outcome === 'finished' &&
        missing.length === 0 &&
        bitsOf(outcome.record.finalWeights) === bitsOf(weights)
      );
    }),
    { numRuns: 80 },
  );
  t.pass();
});

t.test('D: each shard has each gradient in one update, and every iteration is told', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps'), anyShards, anySlack, (setup, servers, slack) => {
      const { result, record, jobs } = play(ssp(setup, servers, slack));
      const workers = setup.nodes - 1;
      const { iterations, batch } = setup.training;
      const applied = (server: number) =>
        jobs
          .filter(({ node, job }) => node === server && job.pass === 'add')
          .map(({ job }) => job.name)
          .sort();
      const all = Array.from({ length: iterations * workers }, (_, number) =>
        [Math.floor(number / workers), number % workers].join('/'),
      )
        .map((name) => `add ${name}`)
        .sort();
      return (
        result.outcome === 'finished' &&
        record.samples === iterations * batch &&
        record.iterations.map(({ iteration }) => iteration).join() ===
          [...Array(iterations).keys()].join() &&
        Array.from({ length: servers }, (_, shard) => workers + shard).every(
          (server) => applied(server).join() === all.join(),
        )
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: what is cached is read until it is too old, and not longer', async (t) => {
  let cachedReads = 0;
  fc.assert(
    fc.property(exactSetups('ps'), anyShards, anySlack, (setup, servers, slack) => {
      const { jobs, messages } = play(ssp(setup, servers, slack));
      const workers = setup.nodes - 1;
      const said = messages.map(({ message, ...seen }) => ({ ...seen, ...(message as any) }));
      const clockOf = (worker: number, shard: number, timeNs: number): number =>
        said.findLast(
          ({ kind, from, to, sentNs }) =>
            kind === 'pull-reply' && from === workers + shard && to === worker && sentNs < timeNs,
        )?.clock ?? -1;
      for (const { node, job, startNs } of jobs) {
        if (job.pass !== 'gradient') continue;
        for (let shard = 0; shard < servers; shard++) {
          const clock = clockOf(node, shard, startNs);
          if (clock < job.iteration - slack) return false;
          if (clock < job.iteration) cachedReads++;
        }
      }
      return said.every(
        ({ kind, from, to, clock, sentNs }) =>
          kind !== 'pull' || clockOf(from, to - workers, sentNs) < Math.max(0, clock - slack),
      );
    }),
    { numRuns: 60 },
  );
  t.ok(cachedReads > 0, `${cachedReads} reads of what is old`);
});

t.test(
  'D: a server answers once it has what the read must see: nobody asks for a clock twice',
  async (t) => {
    fc.assert(
      fc.property(exactSetups('ps'), anyShards, anySlack, (setup, servers, slack) => {
        const { messages } = play(ssp(setup, servers, slack));
        const pulls = messages.flatMap(({ message, from, to }) =>
          message.kind === 'pull' ? [`${from}>${to} ${(message as any).clock}`] : [],
        );
        return pulls.length > 0 && new Set(pulls).size === pulls.length;
      }),
      { numRuns: 60 },
    );
    t.pass();
  },
);

const COST: Setup = {
  kind: 'ps',
  nodes: 5,
  model: costTable(100_000, 1000),
  data: null,
  training: { ...TRAINING, numerics: 'cost', batch: 4, iterations: 12 },
};

t.test('D: an own step costs 2P in the job of the gradient, where it can be seen', async (t) => {
  for (const [slack, more] of [
    [0, 0],
    [2, 2000],
  ]) {
    const { jobs } = play({ ...COST, options: { consistency: { ssp: slack } } });
    t.equal(jobs.find(({ job }) => job.pass === 'gradient')!.job.flops, 100_000 + more);
  }
});

t.test("SSP with 'adam' is refused, but for s = 0", async (t) => {
  const adam = { kind: 'adam' as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  const training = { ...COST.training, optimizer: adam };
  t.throws(() => play({ ...COST, training, options: { consistency: { ssp: 1 } } }), {
    path: 'protocol.consistency',
    message: /its own step at once, and under 'adam' the server alone knows it; .* would be right$/,
  });
  const { result } = play({ ...COST, training, options: { consistency: { ssp: 0 } } });
  t.equal(result.outcome, 'finished');
});
