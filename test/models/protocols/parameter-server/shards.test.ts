/** A parameter server of several shards: each keeps a part of the parameters, and together they do what one would. */
import fc from 'fast-check';
import t from 'tap';
import { ServerLayout } from '../../../../models/protocols/parameter-server/layout.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { LOSS_BYTES } from '../../../../models/protocols/parameter-server/messages.ts';
import {
  shardCount,
  shardCuts,
} from '../../../../models/protocols/parameter-server/shard/shard-cuts.ts';
import { exactSetups } from './exact-setups.ts';
import { SMALL_DATA, SMALL_MLP, TRAINING, bitsOf, costTable, play, type Setup } from './harness.ts';
import { sequentialReference } from './sequential-reference.ts';

const anyShards = fc.integer({ min: 1, max: 5 });

/** Servers by sizes or by consistent hashing, small enough that each gets some of a hundred parameters. */
const anyServers = fc.oneof(
  fc.record({ sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }) }),
  fc.record({ hashed: fc.integer({ min: 1, max: 4 }) }),
);
const TREE_OR_NOT = fc.constantFrom({}, { pull: 'tree' });

t.test(
  'D: BSP over shards of any sizes, or hashed, is BSP of one server bit for bit',
  async (t) => {
    fc.assert(
      fc.property(exactSetups('ps-bsp'), anyServers, TREE_OR_NOT, (setup, servers, pull) => {
        const count = shardCount(servers);
        const one = play(setup);
        const nodes = setup.nodes - 1 + count;
        const many = play({ ...setup, nodes, options: { servers, ...pull } });
        return (
          many.result.outcome === 'finished' &&
          bitsOf(many.record.finalWeights) === bitsOf(one.record.finalWeights) &&
          many.record.iterations.every(({ loss }, k) => loss === one.record.iterations[k].loss)
        );
      }),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('D: ASP and SSP over hashed shards apply each share once at each shard', async (t) => {
  fc.assert(
    fc.property(
      exactSetups('ps'),
      anyServers,
      fc.constantFrom<unknown[]>('asp', { ssp: 2 }),
      (drawn, servers, consistency) => {
        const count = shardCount(servers);
        const workers = drawn.nodes - 1;
        const sgd = { ...drawn.training, optimizer: { kind: 'sgd' } } as const;
        const setup = { ...drawn, training: sgd, nodes: workers + count };
        const { result, record, messages } = play({ ...setup, options: { servers, consistency } });
        const pushes = messages.filter(({ message }) => message.kind === 'push');
        return (
          result.outcome === 'finished' &&
          record.finalWeights !== null &&
          pushes.length === workers * setup.training.iterations * count
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: pushes take the bytes of their shard: w P sizes[k] / sum of sizes', async (t) => {
  const sizes = [5, 3, 2];
  const training = { ...TRAINING, numerics: 'cost' as const };
  const model = costTable(100, 1000);
  const setup = { kind: 'ps-bsp', nodes: 6, model, data: null, training };
  const { messages } = play({ ...setup, options: { servers: { sizes } } });
  for (const { message, to, bytes } of messages) {
    if (message.kind !== 'push') continue;
    const loss = to === 3 ? LOSS_BYTES : 0;
    t.equal(bytes, 4 * 100 * sizes[to - 3] + loss + MESSAGE_HEADER_BYTES);
  }
});

t.test('D: with one hashed shard more, parameters move to that one alone', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 100_000 }), (S, P) => {
      const [before, after] = [S, S + 1].map((hashed) => {
        const owner = new Int32Array(P).fill(-1);
        shardCuts({ hashed }, P).forEach((ranges, shard) => {
          for (const { low, high } of ranges) owner.fill(shard, low, high);
        });
        return owner;
      });
      return (
        !before.includes(-1) &&
        !after.includes(-1) &&
        after.every((shard, k) => shard === before[k] || shard === S)
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: 64 points a shard: the largest of 16 hashed shards is near the mean', async (t) => {
  const sizes = shardCuts({ hashed: 16 }, 1e6).map((ranges) =>
    ranges.reduce((sum, { low, high }) => sum + high - low, 0),
  );
  t.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    1e6,
  );
  t.ok(Math.max(...sizes) < 1.4 * (1e6 / 16), `${Math.max(...sizes)}`);
  t.ok(Math.min(...sizes) > 0.6 * (1e6 / 16), `${Math.min(...sizes)}`);
});

t.test('a shard that gets no parameter is refused, with the field', async (t) => {
  const training = { ...TRAINING, numerics: 'cost' as const };
  const setup = { kind: 'ps-bsp', nodes: 8, data: null, model: costTable(100, 50), training };
  const refused = (servers: object, path: string) =>
    t.throws(() => play({ ...setup, options: { servers } }), {
      path,
      message: /^shard \d gets none of \d+ parameters; .* would be right$/,
    });
  refused({ sizes: [1, 1000] }, 'protocol.servers.sizes[0]');
  const small = { ...setup, model: costTable(100, 4) };
  t.throws(() => play({ ...small, options: { servers: { hashed: 3 } } }), {
    path: 'protocol.servers.hashed',
    message: /^shard \d gets none of 4 parameters; .* would be right$/,
  });
});

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
          const [{ low, high }] = layout.rangesOf(shard, parameters);
          if (low !== next || high <= low) return false;
          next = high;
          const [first, ...standbys] = layout.serversOf(shard);
          if (layout.roleOf([first]) !== 'server') return false;
          if (standbys.length !== replicas) return false;
          if (standbys.some((node) => layout.roleOf([node]) !== 'standby')) return false;
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
