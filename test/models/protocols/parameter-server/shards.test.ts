/** A parameter server of several shards: each keeps a part of the parameters, and together they do what one would. */
import fc from 'fast-check';
import t from 'tap';
import { ServerLayout } from '../../../../models/protocols/parameter-server/layout.ts';
import { exactSetups } from './exact-setups.ts';
import { SMALL_DATA, SMALL_MLP, TRAINING, bitsOf, costTable, play, type Setup } from './harness.ts';
import { sequentialReference } from './sequential-reference.ts';

const anyShards = fc.integer({ min: 1, max: 5 });

/** The same workers before that many servers. */
function sharded(setup: Setup, servers: number): Setup {
  return { ...setup, servers, nodes: setup.nodes - 1 + servers };
}

t.test(
  'D: BSP over any number of shards equals its sequential reference bit for bit',
  async (t) => {
    fc.assert(
      fc.property(exactSetups('ps-bsp'), anyShards, (setup, servers) => {
        const { result, record } = play(sharded(setup, servers));
        const { training, seed, nodes } = setup;
        const data = SMALL_DATA.train;
        const reference = sequentialReference(SMALL_MLP, training, data, seed!, nodes - 1);
        return (
          result.outcome === 'finished' &&
          bitsOf(record.finalWeights) === bitsOf(reference.weights) &&
          record.iterations.every(({ loss }, k) => loss === reference.losses[k]) &&
          record.iterations.length === training.iterations
        );
      }),
      { numRuns: 60 },
    );
    t.pass();
  },
);

t.test('D: ASP gives out each share once, and each shard applies each once', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps-asp'), anyShards, (setup, servers) => {
      const { result, record, jobs } = play(sharded(setup, servers));
      const workers = setup.nodes - 1;
      const { iterations, batch } = setup.training;
      const shares: string[] = [];
      for (let iteration = 0; iteration < iterations; iteration++)
        for (let share = 0; share < workers; share++) shares.push(`${iteration}/${share}`);
      const of = (pass: string, at: (node: number) => boolean) =>
        jobs
          .filter(({ node, job }) => at(node) && job.pass === pass)
          .map(({ job }) => `${job.iteration}/${job.worker}`)
          .sort()
          .join();
      const all = shares.sort().join();
      return (
        result.outcome === 'finished' &&
        record.samples === iterations * batch &&
        of('gradient', (node) => node < workers) === all &&
        Array.from({ length: servers }, (_, shard) => workers + shard).every(
          (server) => of('update', (node) => node === server) === all,
        )
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: T >= (max(Wk/S, 1) + 1/S) wP/beta + 2 alpha + t_c', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 100, max: 3000 }),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 50_000 }),
      (workers, servers, P, alpha, t_c) => {
        const { record } = play({
          kind: 'ps-bsp',
          servers,
          nodes: workers + servers,
          model: costTable(t_c, P),
          data: null,
          latencyNs: alpha,
          training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 4 },
        });
        const [, before, after] = record.iterations.map(({ timeNs }) => timeNs);
        const wP = 4 * P;
        const bound = (Math.max(workers / servers, 1) + 1 / servers) * wP + 2 * alpha + t_c;
        // A shard of whole parameters may be up to one parameter smaller than P / S.
        return after - before >= bound - 4 * (workers + 1);
      },
    ),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('D: shards cover the parameters once, and every node has one part to play', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 6, max: 1000 }),
      (workers, shards, replicas, parameters) => {
        const layout = new ServerLayout(workers + shards * (1 + replicas), {
          servers: shards,
          replicas,
        });
        const servers: number[] = [];
        let next = 0;
        for (let shard = 0; shard < shards; shard++) {
          const { low, high } = layout.rangeOf(shard, parameters);
          if (low !== next || high <= low) return false;
          next = high;
          const [first, ...standbys] = layout.serversOf(shard);
          if (layout.roleOf(first) !== 'server') return false;
          if (standbys.length !== replicas) return false;
          if (standbys.some((node) => layout.roleOf(node) !== 'standby')) return false;
          if ([first, ...standbys].some((node) => layout.shardOf(node) !== shard)) return false;
          servers.push(first, ...standbys);
        }
        const expected = Array.from({ length: servers.length }, (_, k) => workers + k);
        return (
          next === parameters &&
          layout.workers === workers &&
          servers.sort((one, other) => one - other).join() === expected.join()
        );
      },
    ),
  );
  t.pass();
});

t.test('more shards than parameters are refused, with the field', async (t) => {
  const setup = { kind: 'ps-bsp', servers: 51, nodes: 53, data: null, model: costTable(100, 50) };
  const training = { ...TRAINING, numerics: 'cost' as const };
  t.throws(() => play({ ...setup, training }), {
    path: 'protocol.servers',
    message: /^51 servers share a model of 50 parameters; at most 50 would be right$/,
  });
});
