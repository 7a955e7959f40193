/** Backup workers: an update waits for the first pushes of its iteration, and drops the others (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { ServerLayout } from '../../../../models/protocols/parameter-server/layout.ts';
import { exactSetups } from './exact-setups.ts';
import { SMALL_DATA, SMALL_MLP, TRAINING, bitsOf, costTable, play, type Setup } from './harness.ts';
import { ReferenceNet } from './sequential-reference.ts';

const SETUP: Setup = {
  kind: 'ps',
  nodes: 5,
  model: costTable(1000, 100),
  data: null,
  training: { ...TRAINING, numerics: 'cost' },
};

/** With so many workers more than an update waits for. */
function backed(setup: Setup, servers: number, backups: number): Setup {
  const needed = setup.nodes - 1;
  return {
    ...setup,
    kind: 'ps',
    servers,
    nodes: needed + backups + servers,
    options: { backupWorkers: backups },
  };
}

/** The run once more, where of the run nothing is taken but who was in time at each shard. */
function replayed(setup: Setup, jobs: ReturnType<typeof play>['jobs'], backups: number) {
  const { training, servers = 1, nodes, seed } = setup;
  const workers = nodes - servers;
  const layout = new ServerLayout(nodes, { servers, backupWorkers: backups });
  const reference = new ReferenceNet(SMALL_MLP, training, SMALL_DATA.train, seed!);
  const { net } = reference;
  const taken = new Map<string, number[]>();
  for (const { node, job } of jobs) {
    if (job.pass !== 'add') continue;
    const name = `${job.iteration}/${node - workers}`;
    taken.set(name, [...(taken.get(name) ?? []), job.worker!]);
  }
  for (let iteration = 0; iteration < training.iterations; iteration++) {
    const sum = net.gradients.map(() => 0);
    const gradients = Array.from({ length: workers }, (_, share) => {
      const { low, high } = layout.samplesOf(training.batch, { iteration, share });
      reference.addGradient(iteration * training.batch + low, high - low);
      const gradient = net.gradients.slice();
      net.gradients.fill(0);
      return gradient;
    });
    for (let shard = 0; shard < servers; shard++) {
      const [{ low, high }] = layout.rangesOf(shard, sum.length);
      for (const share of taken.get(`${iteration}/${shard}`)!)
        for (let k = low; k < high; k++) sum[k] += gradients[share][k];
    }
    net.gradients.set(sum);
    net.update();
  }
  return { weights: net.parameters, taken };
}

t.test('D: with backups an update is the sum of the first Wk shares, in their order', async (t) => {
  let dropped = 0;
  fc.assert(
    fc.property(
      exactSetups('ps'),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      (setup, servers, backups) => {
        const raced = backed(setup, servers, backups);
        const { result, record, jobs, messages } = play(raced);
        const { weights, taken } = replayed(raced, jobs, backups);
        const pushes = messages.filter(({ message }) => message.kind === 'push').length / servers;
        dropped += pushes - (setup.nodes - 1) * setup.training.iterations;
        return (
          result.outcome === 'finished' &&
          record.iterations.length === setup.training.iterations &&
          [...taken.values()].every(
            (shares) =>
              shares.length === setup.nodes - 1 &&
              shares.every((share, k) => k === 0 || shares[k - 1] < share),
          ) &&
          bitsOf(record.finalWeights) === bitsOf(weights)
        );
      },
    ),
    { numRuns: 80 },
  );
  t.ok(dropped > 0, `${dropped} pushes were dropped`);
});

t.test('D: without backups it is BSP bit for bit', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps'), fc.integer({ min: 1, max: 3 }), (setup, servers) => {
      const [one, other] = [{ backupWorkers: 0 }, {}].map((options) =>
        play({ ...backed(setup, servers, 0), options }),
      );
      return one.result.digest === other.result.digest;
    }),
    { numRuns: 20 },
  );
  t.pass();
});

t.test('D: what is dropped is redo, and nothing else is', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps'), fc.integer({ min: 1, max: 3 }), (setup, backups) => {
      const { result, jobs, nodes } = play(backed(setup, 1, backups));
      const workers = nodes.length - 1;
      const added = new Set(
        jobs.flatMap(({ job }) => (job.pass === 'add' ? `${job.iteration}/${job.worker}` : [])),
      );
      const wastedNs = new Array<number>(workers + 1).fill(0);
      for (const { node, job, startNs, endNs } of jobs)
        if (job.pass === 'gradient' && !added.has(`${job.iteration}/${job.worker}`))
          wastedNs[node] += endNs - startNs;
      return [...eachAccount(result.nodes)].every(({ node, redoNs }) => redoNs === wastedNs[node]);
    }),
    { numRuns: 40 },
  );
  t.pass();
});

t.test('D: a gradient is of the weights of one iteration, of whichever shard', async (t) => {
  let ahead = 0;
  fc.assert(
    fc.property(
      exactSetups('ps'),
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      (setup, servers, backups) => {
        const latency = { kind: 'pareto', minimum: 0.5, shape: 1.2 } as const;
        const slower = { ...setup, jitter: { ...setup.jitter, latency }, latencyNs: 20_000 };
        const raced = backed(slower, servers, backups);
        const { jobs, messages } = play(raced);
        const workers = raced.nodes - servers;
        return messages.every(({ message, sentNs }) => {
          const { kind, shard, version } = message as any;
          if (kind !== 'pull-reply' || shard === 0) return true;
          const steps = jobs.filter(
            ({ node, job, endNs }) =>
              node === workers + shard && job.pass === 'update' && endNs <= sentNs,
          ).length;
          if (version < steps) ahead++;
          return version === steps || version === steps - 1;
        });
      },
    ),
    { numRuns: 40 },
  );
  t.ok(ahead > 0, `${ahead} replies of a shard that was ahead of the first`);
});

t.test(
  'D: with backups all samples of all iterations are apart, and none is left out',
  async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(9),
        fc.nat(20),
        (needed, backupWorkers, extra) => {
          const batch = needed + extra;
          const layout = new ServerLayout(needed + backupWorkers + 1, { backupWorkers });
          let next = 0;
          for (let iteration = 0; iteration < 4; iteration++)
            for (let share = 0; share < layout.workers; share++) {
              const { low, high } = layout.samplesOf(batch, { iteration, share });
              if (iteration * batch + low !== next) return false;
              if (Math.abs(high - low - batch / needed) >= 1) return false;
              next = iteration * batch + high;
            }
          return true;
        },
      ),
    );
    t.pass();
  },
);

const harmonic = (count: number) =>
  Array.from({ length: count }, (_, k) => 1 / (k + 1)).reduce((sum, one) => sum + one, 0);

/** One iteration of workers that begin together, with times that are exponential, and next to no network. */
function firstIterationNs(needed: number, backups: number, seed: number): number {
  const { record } = play({
    kind: 'ps',
    nodes: needed + backups + 1,
    model: costTable(1_000_000, 50),
    data: null,
    seed,
    latencyNs: 0,
    bandwidthBytesPerSecond: 1e12,
    otherHosts: {
      [needed + backups]: {
        speedFlopsPerSecond: 1e15,
        memoryBytes: Infinity,
        taskOverheadNs: 0,
      },
    },
    jitter: { compute: { kind: 'exponential', mean: 1 } },
    training: { ...TRAINING, numerics: 'cost', batch: needed, iterations: 1 },
    options: { backupWorkers: backups },
  });
  return record.iterations[0].timeNs;
}

t.test('D: E = t_0 + (H_{Wk+bk} - H_bk) / lambda, within its confidence interval', async (t) => {
  for (const [needed, backups] of [
    [8, 0],
    [8, 1],
    [8, 2],
    [16, 4],
    [1, 3],
  ]) {
    const runs = 400;
    const times = Array.from({ length: runs }, (_, seed) =>
      firstIterationNs(needed, backups, seed + 1),
    );
    const mean = times.reduce((sum, time) => sum + time, 0) / runs;
    const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (runs - 1);
    // 99.9 %: five intervals, and seeds that are always the same.
    const margin = 3.29 * Math.sqrt(variance / runs);
    const expected = 1e6 * (harmonic(needed + backups) - harmonic(backups));
    // t_0: what little the wires and the server take.
    const least = mean - margin - 2000;
    t.ok(
      least <= expected && expected <= mean + margin,
      `Wk = ${needed}, bk = ${backups}: ${mean} +- ${margin}, ${expected} expected`,
    );
  }
});

t.test(
  'backups are refused where nobody waits for all, or where they are all there are',
  async (t) => {
    const setup = backed({ ...SETUP, nodes: 5 }, 1, 1);
    t.throws(() => play({ ...setup, options: { backupWorkers: 1, consistency: 'asp' } }), {
      path: 'protocol.backupWorkers',
      message: /^1 backup is for updates that wait for all workers; .* would be right$/,
    });
    t.throws(() => play({ ...setup, options: { backupWorkers: 5 } }), {
      path: 'protocol.backupWorkers',
      message: '5 backups leave none of 5 workers to wait for; at most 4 would be right',
    });
  },
);
