/** PROTOCOLS A.7: rings side by side, their bits, time and memory, and what they survive without replicas. */
import { MENDABLE_CRASH } from '../../../../models/survival.ts';
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { nodesOf } from '../../../../models/protocols/ring-tmp/layout/torus.ts';
import { crash, recoveriesOf } from './faulty.ts';
import { anyCalmRing, part, survives, type CalmSetting } from './faulty-settings.ts';
import { assignmentOf, host, runProtocol, sameBits, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

interface Shape {
  readonly rings: number;
  readonly length: number;
  readonly each: number;
}

const anyShape: fc.Arbitrary<Shape> = fc.record({
  rings: fc.integer({ min: 2, max: 4 }),
  length: fc.integer({ min: 1, max: 4 }),
  each: fc.integer({ min: 1, max: 4 }),
});

/** The same work on a torus of that shape; null where the model has too few neurons for the ring. */
function shaped<T extends Setting>(setting: T, { rings, length, each }: Shape): T | null {
  const { model, training } = setting;
  if (model.kind !== 'mlp') return null;
  const neurons = model.layers.slice(1).reduce((sum, width) => sum + width, 0);
  if (neurons < length) return null;
  const microBatches = rings * each;
  const hosts = Array.from({ length: rings * length }, (_, k) => setting.hosts.at(k) ?? host());
  return { ...setting, hosts, training: { ...training, microBatches, batch: 2 * microBatches } };
}

const torus = (rings: number | 'auto', others: object = {}) =>
  ringTmp.options.parse({ kind: 'ring-tmp', variant: 'torus', rings, ...others });

t.test('A.7: a torus ends with the bits of seq-sgd whose shares are summed in turn', async (t) => {
  let long = 0;
  const others = fc.record({
    window: fc.constantFrom('time', 'memory', 1, 3),
    recompute: fc.constantFrom('none', 'all'),
  });
  fc.assert(
    fc.property(anySetting('exact'), anyShape, others, (any, shape, others) => {
      const setting = shaped(any, shape);
      fc.pre(setting !== null);
      const options = torus(shape.rings, others);
      const { result, weights, iterations } = runProtocol(setting!, options);
      if (result.failure !== null) throw new Error(result.failure.message);
      if (shape.length > 2) long++;
      t.equal(iterations.length, setting!.training!.iterations);
      const reference = ringTmp.reference(options, setting!.hosts.length)!;
      const alone = runProtocol({ ...setting!, jitter: undefined }, reference);
      return sameBits(weights, alone.weights);
    }),
    { numRuns: 150 },
  );
  t.ok(long > 20, `${long} with rings of three nodes or more`);
});

const moment = part(1);

function calmTorus(calm: CalmSetting, shape: Shape): CalmSetting {
  const setting = shaped(calm, shape);
  fc.pre(setting !== null && setting.hosts.length > 2);
  return { ...setting!, heartbeatNs: 2 * calm.heartbeatNs };
}

t.test(
  'C: a crash of any node of a torus, for good or not, changes no bit, without replicas',
  async (t) => {
    let repaired = 0;
    const returns = fc.option(part(10));
    fc.assert(
      fc.property(
        anyCalmRing(2),
        anyShape,
        fc.record({ node: fc.nat(100), when: moment, returns }),
        (any, shape, { node, when, returns }) => {
          const calm = calmTorus(any, shape);
          const trace = survives(calm, torus(shape.rings), ({ runNs, silenceNs }) => {
            const forNs = returns === null ? null : 1 + Math.floor(returns * silenceNs);
            return [crash(node % calm.hosts.length, Math.floor(when * runNs), forNs)];
          });
          if (recoveriesOf(trace).length > 0) repaired++;
        },
      ),
      { numRuns: 60 },
    );
    t.ok(repaired > 20, `${repaired} were repaired`);
  },
);

t.test('C: crashes in several columns of a torus, whenever they come, change no bit', async (t) => {
  const two = fc.record({ first: fc.nat(100), apart: fc.nat(100), when: moment, later: part(3) });
  fc.assert(
    fc.property(
      anyCalmRing(2),
      fc.record({
        rings: fc.integer({ min: 2, max: 3 }),
        length: fc.integer({ min: 3, max: 4 }),
        each: fc.integer({ min: 1, max: 2 }),
      }),
      two,
      (any, shape, { first, apart, when, later }) => {
        const calm = calmTorus(any, shape);
        const { rings, length } = shape;
        const one = first % (rings * length);
        const other = (one + 1 + (apart % (length - 1))) % length;
        survives(calm, torus(rings), ({ runNs, silenceNs }) => {
          const atNs = Math.floor(when * runNs);
          return [crash(one, atNs), crash(other, atNs + Math.floor(later * silenceNs))];
        });
      },
    ),
    { numRuns: 30 },
  );
  t.pass();
});

t.test(
  'C: every position has a node, its own if it is there, and a column as many as it can',
  async (t) => {
    fc.assert(
      fc.property(anyShape, fc.infiniteStream(fc.boolean()), ({ rings, length }, there) => {
        const all = Array.from({ length: rings * length }, (_, node) => node);
        const members = all.filter(() => there.next().value);
        fc.pre(members.length > 0);
        const nodes = nodesOf({ rings, length }, members);
        for (const [position, node] of nodes.entries()) {
          if (!members.includes(node)) return false;
          if (members.includes(position) && node !== position) return false;
          const ring = Math.floor(position / length);
          const isAlive = members.some((member) => Math.floor(member / length) === ring);
          if (isAlive && Math.floor(node / length) !== ring) return false;
        }
        return nodes.length === rings * length;
      }),
    );
    t.pass();
  },
);

/** Equal stages of a torus of cables, of so many parameters each. */
function equalStages({ rings, length, each }: Shape, parameters: number, latencyNs: number) {
  const layer = { name: 'stage', parameters, outputElements: 4 };
  const costs = { forwardFlops: 30_000, backwardFlops: 50_000 };
  const setting: Setting = {
    hosts: Array.from({ length: rings * length }, () => host(1e9, Infinity, 100)),
    model: {
      kind: 'costs',
      layers: Array.from({ length }, () => ({ ...layer, ...costs })),
      inputElements: 4,
    },
    training: { batch: rings * each, microBatches: rings * each, iterations: 2 + 2 * rings },
    network: { kind: 'torus', rows: rings, bandwidth: 1e9, latencyNs },
  };
  return setting;
}

t.test(
  'A.7: an iteration is that of one ring, and a sum in 2(D-1) hops and D-1 additions',
  async (t) => {
    for (const [rings, length, each, parameters, latencyNs] of [
      [2, 4, 8, 800, 0],
      [3, 3, 6, 900, 500],
      [4, 2, 5, 8000, 5000],
      [5, 1, 4, 10_000, 1000],
      [2, 8, 16, 400, 2000],
    ]) {
      const setting = equalStages({ rings, length, each }, parameters, latencyNs);
      const { jobs } = runProtocol(setting, torus(rings));
      const HOST = setting.hosts[0];
      const passesNs = jobNs(HOST, 30_000, 1) + jobNs(HOST, 50_000, 1);
      const carryNs = latencyNs + 4 * 4 + MESSAGE_HEADER_BYTES;
      const ringNs = (each + length - 1) * passesNs + 2 * (length - 1) * carryNs;
      const chunk = parameters / rings;
      const hopNs = latencyNs + 4 * chunk + MESSAGE_HEADER_BYTES;
      const sumNs = 2 * (rings - 1) * hopNs + (rings - 1) * jobNs(HOST, chunk, 1);
      const expectedNs = ringNs + sumNs + jobNs(HOST, 2 * parameters, 1);
      // Losses on their way to node 0 may hold a cable when a chunk wants it, one of each ring.
      const lossNs = rings * (8 + MESSAGE_HEADER_BYTES);
      // Rings begin one after another, and so end sums in turn: what counts is the mean of as many iterations as there are.
      const updates = jobs.filter(({ node, pass }) => node === 0 && pass === 'update');
      const [first, last] = [updates[1], updates[1 + 2 * rings]];
      const takenNs = (last.endNs - first.endNs) / (2 * rings);
      t.ok(
        Math.abs(takenNs - expectedNs) <= lossNs,
        `${rings} x ${length}: ${takenNs} ns, and ${expectedNs} ns by the formula`,
      );
    }
  },
);

t.test(
  'A.6: a node of a torus holds what one of a ring of its length does, and two chunks of a sum',
  async (t) => {
    for (const [rings, length, each] of [
      [2, 4, 12],
      [3, 3, 9],
      [4, 1, 6],
    ]) {
      const setting = equalStages({ rings, length, each }, 1200, 1000);
      const alone = equalStages({ rings: 1, length, each }, 1200, 1000);
      const window = { window: 'memory' };
      const ring = [
        ...eachAccount(
          runProtocol(alone, ringTmp.options.parse({ kind: 'ring-tmp', ...window })).result.nodes,
        ),
      ];
      const all = [...eachAccount(runProtocol(setting, torus(rings, window)).result.nodes)];
      const chunkBytes = (4 * 1200) / rings;
      for (const [node, { memoryItems }] of all.entries()) {
        const { buffers = 0, ...owned } = memoryItems;
        const { buffers: carries = 0, ...expected } = ring[node % length].memoryItems;
        t.same(owned, expected, `node ${node} of ${rings} x ${length}`);
        t.ok(buffers >= chunkBytes && buffers <= Math.max(carries, 0) + 2 * chunkBytes);
      }
    }
  },
);

t.test("A.7: rings 'auto' are as few as make each no longer than the size law says", async (t) => {
  const count = (nodes: number, microBatches: number, taskOverheadNs: number) => {
    const setting = equalStages({ rings: 1, length: nodes, each: microBatches }, 100, 0);
    const hosts = setting.hosts.map((one) => ({ ...one, taskOverheadNs }));
    return ringTmp.fitted!(torus('auto'), () => assignmentOf({ ...setting, hosts })).rings;
  };
  // U = 16 * 80 us of work a micro-batch, m = 64, h = 2 * 20 us: N* = 44.
  t.equal(count(16, 64, 20_000), 1);
  // With h = 2 * 1 ms a ring is best with 6 nodes for 64 micro-batches, with 4 for 32, 3 for 16 and 2 for 8.
  t.equal(count(16, 64, 1_000_000), 8);
  t.equal(
    ringTmp.label!(
      ringTmp.fitted!(torus('auto'), () =>
        assignmentOf(equalStages({ rings: 1, length: 4, each: 8 }, 100, 0)),
      ),
    ),
    'ring-tmp/torus-1',
  );
  t.equal(ringTmp.label!(torus(4)), 'ring-tmp/torus-4');
});

t.test('what has no sense with a torus is refused with the reason', async (t) => {
  const setting = equalStages({ rings: 2, length: 2, each: 3 }, 100, 0);
  const run = (options: object) =>
    runProtocol(setting, { kind: 'ring-tmp', variant: 'torus', rings: 2, ...options } as never);
  t.throws(() => run({ rings: 3 }), /3 rings cannot share 4 nodes .* a number that divides 4/);
  t.throws(() => run({ rings: 4 }), /6 micro-batches cannot be dealt out evenly to 4 rings/);
  t.throws(() => run({ replicas: 1 }), /every segment lives in each of the rings already; 0/);
  t.throws(() => run({ mode: '2bw' }), /variant is 'torus'.* mode: 'sync', or variant: 'chain'/);
  t.throws(() => run({ variant: 'chain' }), /rings is 2, and variant is 'chain'/);
});

t.test('a torus says what it survives: a crash is repaired, as with replicas', async (t) => {
  t.equal(ringTmp.survives(torus(2), MENDABLE_CRASH).crash, 'repairs');
  t.equal(ringTmp.survives(torus(1), MENDABLE_CRASH).crash, 'restarts');
});
