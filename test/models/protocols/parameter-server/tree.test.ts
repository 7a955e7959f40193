/** New weights go down a tree of workers: the same bits as by unicast, sooner (PROTOCOLS D). */
import fc from 'fast-check';
import t from 'tap';
import { MESSAGE_HEADER_BYTES } from '../../../../engine/world.ts';
import { exactSetups } from './exact-setups.ts';
import { befalls, booksSum, endsAlike, faultySetups, momentOf, sharded } from './faulty-setups.ts';
import { bitsOf, contentOf, costTable, play, TRAINING, type Setup } from './harness.ts';

const TREE = { pull: 'tree' };

t.test('D: weights that go down a tree are those of unicast, bit for bit', async (t) => {
  fc.assert(
    fc.property(exactSetups('ps-bsp'), fc.integer({ min: 1, max: 4 }), (drawn, servers) => {
      const setup = { ...drawn, servers, nodes: drawn.nodes - 1 + servers };
      const [unicast, tree] = [{}, TREE].map((options) => play({ ...setup, options }));
      const sums = (of: typeof tree) => of.record.iterations.map(({ loss }) => loss).join();
      return (
        tree.result.outcome === 'finished' &&
        bitsOf(tree.record.finalWeights) === bitsOf(unicast.record.finalWeights) &&
        sums(tree) === sums(unicast) &&
        !tree.messages.some(({ message }) => message.kind.startsWith('pull')) &&
        tree.messages.every(({ message, sentAs }) => contentOf(message) === sentAs)
      );
    }),
    { numRuns: 80 },
  );
  t.pass();
});

/** Bits that a place in the tree takes, and how many of them are set. */
const bitsOfPlace = (place: number): [length: number, ones: number] => {
  const digits = place.toString(2);
  return [digits.length, digits.replaceAll('0', '').length];
};

function timed(workers: number, P: number, alpha: number): Setup {
  return {
    kind: 'ps-bsp',
    nodes: workers + 1,
    model: costTable(100, P),
    data: null,
    latencyNs: alpha,
    bandwidthBytesPerSecond: 1e9,
    options: TREE,
    training: { ...TRAINING, numerics: 'cost', batch: workers, iterations: 3 },
  };
}

t.test(
  'D: the worker at place r has the weights after bits(r) wP/beta + ones(r) alpha',
  async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 10, max: 3000 }),
        fc.nat(20_000),
        (workers, P, alpha) => {
          const { jobs, record } = play(timed(workers, P, alpha));
          const wP = 4 * P + MESSAGE_HEADER_BYTES;
          return jobs
            .filter(({ job }) => job.pass === 'gradient')
            .every(({ node, job, startNs }) => {
              const [bits, ones] = bitsOfPlace(node + 1);
              const begunNs = job.iteration === 0 ? 0 : record.iterations[job.iteration - 1].timeNs;
              return startNs === begunNs + bits * wP + ones * alpha;
            });
        },
      ),
      { numRuns: 100 },
    );
    t.pass();
  },
);

t.test('D: a server sends ceil(log2(Wk + 1)) times, all workers together the rest', async (t) => {
  for (const workers of [1, 2, 3, 4, 7, 8, 40]) {
    const { messages } = play(timed(workers, 50, 100));
    const sent = messages.filter(({ message }) => message.kind === 'broadcast');
    t.equal(sent.length, 3 * workers);
    const own = sent.filter(({ from }) => from === workers);
    t.equal(own.length, 3 * Math.ceil(Math.log2(workers + 1)), `${workers} workers`);
    t.ok(sent.every(({ bytes }) => bytes === 4 * 50 + MESSAGE_HEADER_BYTES));
  }
});

t.test('D: whoever crashes, returns or pauses: a tree ends with the same bits', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 0, max: 2 }),
      fc.integer({ min: 1, max: 2 }),
      fc.nat(20),
      fc.nat(1000),
      fc.constantFrom<('crash' | 'pause')[]>('crash', 'pause'),
      fc.constantFrom(1000, 10_000, 60_000, 300_000, null),
      (drawn, servers, any, thousandths, kind, forNs) => {
        const setup = { ...sharded(drawn, servers), options: TREE };
        const node = any % (setup.replicas > 0 ? setup.nodes : setup.workers);
        const rule = befalls(node, momentOf(setup, thousandths / 1000), kind, forNs);
        const outcome = play({ ...setup, faults: [rule] });
        return endsAlike(outcome, { ...drawn, options: {} }) && booksSum(outcome);
      },
    ),
    { numRuns: 250 },
  );
  t.pass();
});

t.test('D: two workers do not hear each other: a tree ends with the same bits', async (t) => {
  fc.assert(
    fc.property(
      faultySetups('ps-bsp', { min: 0, max: 1 }),
      fc.nat(4),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.nat(1000),
      fc.constantFrom(10_000, 300_000),
      (setup, one, apart, oneWay, thousandths, forNs) => {
        const from = one % setup.workers;
        const to = (from + 1 + (apart % (setup.workers - 1))) % setup.workers;
        const scope = { from: [from], to: [to], oneWay };
        const atNs = momentOf({ ...setup, options: TREE }, thousandths / 1000);
        const effect = { kind: 'cut', scope, forNs } as const;
        const faults = [{ rule: 0, timing: { atNs }, effect }];
        return endsAlike(play({ ...setup, options: TREE, faults }), setup);
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

t.test('a tree is refused where workers read at times of their own, with the field', async (t) => {
  const setup = { ...timed(3, 50, 100), kind: 'ps' };
  const refused = (options: Record<string, unknown>, message: RegExp) =>
    t.throws(() => play({ ...setup, options: { ...TREE, ...options } }), {
      path: 'protocol.pull',
      message,
    });
  refused({ consistency: 'asp' }, /^a tree brings the same weights .* would be right$/);
  refused({ consistency: { ssp: 0 } }, /^a tree brings the same weights .* would be right$/);
  refused({ backupWorkers: 1 }, /^a tree brings weights .* would be right$/);
});
