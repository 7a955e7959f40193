/** Servers beside workers (PROTOCOLS section D): the same roles as on nodes of their own, on fewer nodes. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { LOSS_BYTES, PULL_BYTES } from '../../../../models/protocols/parameter-server/messages.ts';
import type { RecoveredNote } from '../../../../models/spec/notes.ts';
import {
  anyDuration,
  befalls,
  booksSum,
  endsAlike,
  faultySetups,
  momentOf,
  notesOf,
  type FaultySetup,
} from './faulty-setups.ts';
import { exactSetups } from './exact-setups.ts';
import { EXACT_HOST, TRAINING, anyOptimizer, bitsOf, costTable, play } from './harness.ts';
import type { Outcome, Setup } from './harness.ts';

const BESIDE = { place: 'beside' } as const;
const BYTES_PER_SECOND = 1e9;

/** The same workers with so many shards, each beside one of them. */
function beside(setup: Setup, workers: number, servers: number, options = {}): Setup {
  return { ...setup, nodes: workers, servers, options: { ...options, ...BESIDE } };
}

/** Ways in which gradients and weights travel that change no bit. */
const anyWay = fc.constantFrom<Record<string, unknown>[]>(
  {},
  { pull: 'tree' },
  { pushForm: 'activations' },
  { overlap: { bucketBytes: 40 } },
  { accumulate: 2 },
  { mapReduce: { jobOverhead: 1e-6, storageBandwidth: 1e9 } },
);

t.test('D: BSP beside workers has the bits of BSP apart from them, over any shards', async (t) => {
  fc.assert(
    fc.property(
      exactSetups('ps-bsp'),
      fc.integer({ min: 1, max: 9 }),
      anyWay,
      (setup, most, options) => {
        const workers = setup.nodes - 1;
        const servers = Math.min(most, workers);
        const apart = play({ ...setup, nodes: workers + servers, servers, options });
        const outcome = play(beside(setup, workers, servers, options));
        return (
          outcome.result.outcome === 'finished' &&
          bitsOf(outcome.record.finalWeights) === bitsOf(apart.record.finalWeights) &&
          outcome.record.iterations.length === setup.training.iterations
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('D: a node sends itself nothing, and does one job at a time', async (t) => {
  const kinds = fc.constantFrom<Record<string, unknown>[]>(
    { consistency: 'bsp' },
    { consistency: 'asp' },
    { consistency: { ssp: 1 } },
    { consistency: 'bsp', backupWorkers: 1 },
  );
  fc.assert(
    fc.property(exactSetups('ps'), kinds, fc.integer({ min: 1, max: 9 }), (setup, kind, most) => {
      fc.pre(setup.training.optimizer.kind !== 'adam' && setup.nodes > 2);
      const workers = setup.nodes - 1;
      const { messages, jobs, result } = play(
        beside(setup, workers, Math.min(most, workers), kind),
      );
      const freeNs = new Array<number>(workers).fill(0);
      const overlaps = jobs.some(({ node, startNs, endNs }) => {
        const isBusy = startNs < freeNs[node];
        freeNs[node] = endNs;
        return isBusy;
      });
      return (
        result.outcome === 'finished' && !overlaps && messages.every(({ from, to }) => from !== to)
      );
    }),
    { numRuns: 60 },
  );
  t.pass();
});

/** What one iteration takes after another. */
function periods({ record }: Outcome): number[] {
  const times = record.iterations.map(({ timeNs }) => timeNs);
  return times.slice(1).map((timeNs, k) => timeNs - times[k]);
}

t.test(
  'D: beside one of N workers T = N wP/beta + 2 alpha + t_c + t_add + t_upd, that of N - 1 workers and a server apart',
  async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 43, max: 3000 }),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(100),
        fc.constantFrom<(32 | 64)[]>(32, 64),
        anyOptimizer,
        (workers, P, alpha, sampleFlops, taskOverheadNs, precision, optimizer) => {
          const host = { ...EXACT_HOST, taskOverheadNs };
          const setup: Setup = {
            kind: 'ps-bsp',
            nodes: workers,
            model: costTable(sampleFlops, P),
            data: null,
            latencyNs: alpha,
            bandwidthBytesPerSecond: BYTES_PER_SECOND,
            host,
            training: {
              ...{ ...TRAINING, numerics: 'cost', iterations: 4 },
              ...{ batch: workers, precision, optimizer },
            },
          };
          const slots = { sgd: 0, momentum: 1, adagrad: 1, adam: 2 }[optimizer.kind];
          const wP = (precision / 8) * P;
          const t_c = jobNs(host, sampleFlops, 1);
          const t_add = jobNs(host, P, 1);
          const t_upd = jobNs(host, (2 + 2 * slots) * P, 1);
          const pull = PULL_BYTES + MESSAGE_HEADER_BYTES;
          fc.pre(t_add <= wP + MESSAGE_HEADER_BYTES + LOSS_BYTES);
          fc.pre(t_add + t_upd >= 2 * pull);
          const remote = workers - 1;
          const closedForm = workers * wP + 2 * alpha + t_c + t_add + t_upd;
          const leftOut = workers * MESSAGE_HEADER_BYTES + remote * LOSS_BYTES;
          const pullsInTheWay = Math.max(0, remote - 2) * pull;
          const took = periods(play(beside(setup, workers, 1)));
          const training = { ...setup.training, batch: remote };
          const apart = periods(play({ ...setup, training, nodes: workers }));
          return took.every((ns, k) => {
            const inTheWay = k === took.length - 1 ? 0 : pullsInTheWay;
            return ns === closedForm + leftOut + inTheWay && ns === apart[k];
          });
        },
      ),
      { numRuns: 150 },
    );
    t.pass();
  },
);

/** When the first job of that pass, which `isMeant`, ends in each iteration, one after another. */
function gaps({ jobs }: Outcome, pass: string, isMeant: (node: number) => boolean): number[] {
  const ends: number[] = [];
  for (const { node, job, endNs } of jobs)
    if (job.pass === pass && isMeant(node))
      ends[job.iteration] = Math.min(ends[job.iteration] ?? Infinity, endNs);
  return ends.slice(1).map((endNs, k) => endNs - ends[k]);
}

t.test(
  'D: beside each of N workers T >= 2 (N-1)/N wP/beta + 2 alpha + t_c + t_add + t_upd; two take a t_add more',
  async (t) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(2), fc.integer({ min: 3, max: 12 })),
        fc.integer({ min: 50, max: 3000 }),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 50_000 }),
        (workers, each, alpha, sampleFlops) => {
          const setup: Setup = {
            kind: 'ps-bsp',
            nodes: workers,
            model: costTable(sampleFlops, each * workers),
            data: null,
            latencyNs: alpha,
            bandwidthBytesPerSecond: BYTES_PER_SECOND,
            training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 5 },
          };
          const outcome = play(beside(setup, workers, workers));
          const t_c = jobNs(EXACT_HOST, sampleFlops, 1);
          const t_add = jobNs(EXACT_HOST, each, 1);
          const t_upd = jobNs(EXACT_HOST, 2 * each, 1);
          const part = 4 * each + MESSAGE_HEADER_BYTES;
          const least = 2 * (workers - 1) * part + 2 * alpha + t_c + t_add + t_upd;
          // Node 1 has to wait for the share of worker 0 before it adds its own.
          if (workers === 2)
            return gaps(outcome, 'update', (node) => node === 1).every(
              (ns) => ns === least + t_add,
            );
          return gaps(outcome, 'gradient', () => true).every((ns) => ns >= least);
        },
      ),
      { numRuns: 150 },
    );
    t.pass();
  },
);

t.test('D: the ledger of a node counts its worker, its shard and its standby', async (t) => {
  const setup: Setup = {
    kind: 'ps-bsp',
    nodes: 4,
    model: costTable(1000, 1200),
    data: null,
    detector: { heartbeatNs: 100_000, misses: 3 },
    training: {
      ...{ ...TRAINING, numerics: 'cost', batch: 4 },
      optimizer: { kind: 'momentum', momentum: 0.9 },
    },
  };
  const { result } = play({ ...beside(setup, 4, 4), replicas: 1 });
  for (const node of [0, 1, 2, 3]) {
    const items = Object.entries(result.nodes.memoryItems).map(
      ([item, bytes]) => [item, bytes[node]] as const,
    );
    const of = (start: string) =>
      items.filter(([item]) => item.startsWith(start)).reduce((sum, [, bytes]) => sum + bytes, 0);
    // The whole net, its own quarter of it, and the quarter of the node before.
    t.equal(of('weights'), 4 * (1200 + 300 + 300), `weights of node ${node}`);
    t.equal(of('optimizer'), 4 * (300 + 300), `slots of node ${node}`);
    t.equal(of('weights of shard'), 4 * (300 + 300), `weights that node ${node} serves`);
  }
});

/** With standbys, so that no loss of a node takes a shard with it. */
const anyFaulty = fc
  .tuple(faultySetups('ps-bsp', { min: 1, max: 2 }), fc.integer({ min: 1, max: 5 }))
  .filter(([{ workers, replicas }]) => workers >= 3 && replicas < workers)
  .map(([setup, most]): FaultySetup => {
    const servers = Math.min(most, setup.workers);
    return { ...setup, ...beside(setup, setup.workers, servers) };
  });

t.test(
  'D: beside workers too, a crash loses nothing that a standby has, bit for bit',
  async (t) => {
    let changes = 0;
    fc.assert(
      fc.property(
        anyFaulty,
        fc.nat(4),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
        anyDuration,
        (setup, victim, share, kind, forNs) => {
          const atNs = momentOf(setup, share);
          const faults = [befalls(victim % setup.workers, atNs, kind, forNs)];
          const outcome = play({ ...setup, faults });
          const views = notesOf<RecoveredNote>(outcome, 'recovered');
          changes += views.length;
          const isCountedOnce = views.every(
            ({ members }) =>
              new Set(members).size === members.length &&
              members.every((member) => member < setup.workers),
          );
          return isCountedOnce && endsAlike(outcome, apartFrom(setup)) && booksSum(outcome);
        },
      ),
      { numRuns: 80 },
    );
    t.ok(changes > 20, `${changes} changes of view were seen`);
  },
);

/** What the run without faults and replicas is made of. */
function apartFrom({ options: _, ...setup }: FaultySetup): FaultySetup {
  return setup;
}

t.test('D: what cannot be beside is refused, naming the field', async (t) => {
  const setup: Setup = {
    ...{ kind: 'ps-bsp', nodes: 2, model: costTable(10, 100), data: null },
    training: { ...TRAINING, numerics: 'cost' },
  };
  t.throws(() => play(beside(setup, 2, 3)), {
    path: 'protocol.servers',
    message: /3 servers beside 2 workers would be two on a node; at most 2/,
  });
  t.throws(() => play({ ...beside(setup, 2, 1), replicas: 2 }), {
    path: 'protocol.replicas',
    message: /2 standbys on 2 nodes would be two copies .* at most 1/,
  });
});
