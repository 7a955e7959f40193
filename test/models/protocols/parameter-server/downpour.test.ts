/** Downpour SGD (PROTOCOLS D): a replay of its own reads and pushes, ASP where both are 1, its time, bytes and memory. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import {
  bitsOf,
  costTable,
  EXACT_HOST,
  play,
  SMALL_MLP,
  TRAINING,
  type Outcome,
  type Setup,
} from './harness.ts';
import { type Downpour, replayed } from './downpour-replay.ts';
import { exactSetups } from './exact-setups.ts';

const anyDownpour = fc
  .record({
    push: fc.integer({ min: 1, max: 3 }),
    pushesAFetch: fc.integer({ min: 1, max: 3 }),
    adagrad: fc.boolean(),
  })
  .map(({ push, pushesAFetch, adagrad }) => ({ push, fetch: push * pushesAFetch, adagrad }));

/** Servers step by Adagrad or as drawn; what a worker cannot see of its own steps is left out. */
function setupOf(drawn: Setup, downpour: Downpour, servers: number): Setup {
  const { training, nodes } = drawn;
  const isPlain = downpour.adagrad || training.optimizer.kind === 'adam';
  return {
    ...drawn,
    kind: 'ps',
    servers,
    nodes: nodes + servers - 1,
    options: { consistency: 'asp', downpour },
    training: { ...training, optimizer: isPlain ? { kind: 'sgd' } : training.optimizer },
  };
}

const anySetup = exactSetups('ps');

t.test('D: Downpour equals the replay of its reads and pushes bit for bit', async (t) => {
  fc.assert(
    fc.property(
      anySetup,
      anyDownpour,
      fc.integer({ min: 1, max: 3 }),
      (drawn, downpour, shards) => {
        const setup = setupOf(drawn, downpour, shards);
        const outcome = play(setup);
        const { weights, staleness } = replayed(setup, outcome, downpour);
        return (
          outcome.result.outcome === 'finished' &&
          bitsOf(outcome.record.finalWeights) === bitsOf(weights) &&
          outcome.staleness.slice(0, staleness.length).sort().join() === staleness.sort().join()
        );
      },
    ),
    { numRuns: 80 },
  );
  t.pass();
});

t.test('D: with fetch and push 1 it is ASP, event for event and bit for bit', async (t) => {
  fc.assert(
    fc.property(anySetup, fc.integer({ min: 1, max: 3 }), (drawn, servers) => {
      const nodes = drawn.nodes + servers - 1;
      const setup = { ...drawn, kind: 'ps', servers, nodes };
      const asp = play({ ...setup, options: { consistency: 'asp' } });
      const downpour = { fetch: 1, push: 1, adagrad: false };
      const other = play({ ...setup, options: { consistency: 'asp', downpour } });
      return (
        asp.result.digest === other.result.digest &&
        bitsOf(asp.record.finalWeights) === bitsOf(other.record.finalWeights)
      );
    }),
    { numRuns: 30 },
  );
  t.pass();
});

const anyLone = fc.record({
  P: fc.integer({ min: 43, max: 3000 }),
  alpha: fc.nat(20_000),
  t_c: fc.integer({ min: 1, max: 20_000 }),
  taskOverheadNs: fc.nat(5000),
  push: fc.integer({ min: 1, max: 4 }),
  pushesAFetch: fc.integer({ min: 1, max: 4 }),
});

const FETCHES = 5;

/** One byte and one FLOP a nanosecond, one sample a minibatch, one worker. */
function playLone(drawn: typeof anyLone extends fc.Arbitrary<infer T> ? T : never): Outcome {
  const { push, pushesAFetch, P, t_c, alpha: latencyNs, taskOverheadNs } = drawn;
  const downpour = { push, fetch: push * pushesAFetch };
  const iterations = FETCHES * pushesAFetch;
  return play({
    kind: 'ps',
    nodes: 2,
    model: costTable(t_c, P),
    data: null,
    latencyNs,
    host: { ...EXACT_HOST, taskOverheadNs },
    training: { ...TRAINING, numerics: 'cost', batch: push, iterations },
    options: { consistency: 'asp', downpour },
  });
}

t.test(
  'D: a worker fetches once in fetch t_c + 2 wP/beta + 2 alpha + t_upd, where its pushes keep up',
  async (t) => {
    fc.assert(
      fc.property(anyLone, (drawn) => {
        const { P, alpha, t_c, taskOverheadNs, push, pushesAFetch } = drawn;
        const host = { ...EXACT_HOST, taskOverheadNs };
        const steps = push * pushesAFetch > 1 ? 2 * P + (push > 1 ? P : 0) : 0;
        const minibatchNs = jobNs(host, t_c + steps, 1);
        const update = jobNs(host, 3 * P, 1);
        const pushNs = 4 * P + 48 + 8;
        // All but the first share of a fetch are listed in its reply.
        const reply = 4 * P + 48 + 8 * (pushesAFetch - 1);
        fc.pre(push * minibatchNs >= Math.max(pushNs, update));
        const { messages, staleness } = playLone(drawn);
        const sent = messages.filter(({ message }) => message.kind === 'pull-reply');
        const periods = sent.slice(1, FETCHES).map(({ sentNs }, k) => sentNs - sent[k].sentNs);
        const period =
          push * pushesAFetch * minibatchNs +
          reply +
          pushNs +
          2 * alpha +
          Math.max(update, 16 + 48);
        return periods.every((ns) => ns === period) && staleness.every((updates) => updates === 0);
      }),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test('D: bytes are those of a push every so many minibatches and of a fetch', async (t) => {
  fc.assert(
    fc.property(anyLone, (drawn) => {
      const { P, pushesAFetch } = drawn;
      const { result, messages } = playLone(drawn);
      const pushes = FETCHES * pushesAFetch * (4 * P + 8);
      const fetches = FETCHES * (16 + 4 * P + 8 * (pushesAFetch - 1));
      return result.bytes === pushes + fetches + 48 * messages.length;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

t.test(
  'D: memory to the byte: accrued gradients beside a worker’s own, a slot of Adagrad',
  async (t) => {
    const P = 5 * 7 + 7 + 7 * 6 + 6 + 6 * 3 + 3;
    let wholeShare = 0;
    for (const [push, adagrad] of [
      [1, false],
      [1, true],
      [2, false],
      [3, true],
    ] as const) {
      const downpour = { fetch: 6, push, adagrad };
      const { result } = play({
        kind: 'ps',
        nodes: 4,
        model: SMALL_MLP,
        data: null,
        training: { ...TRAINING, numerics: 'cost' },
        options: { consistency: 'asp', downpour },
      });
      const { memoryItems: items, count } = result.nodes;
      const [worker, server] = [0, count - 1];
      t.equal(items.weights[worker], 4 * P);
      t.equal(items.gradients[worker], 4 * P);
      t.equal(items['accrued gradients']?.[worker] ?? 0, push > 1 ? 4 * P : 0);
      t.equal(items.weights[server], 4 * P);
      t.equal(items.optimizer?.[server] ?? 0, adagrad ? 4 * P : 0);
      // Of the largest minibatch alone, of shares of four samples.
      wholeShare = Math.max(wholeShare, items.activations[worker]);
      t.equal(items.activations[worker], (wholeShare / 4) * Math.ceil(4 / push));
    }
  },
);

t.test('what makes no sense beside own steps is refused in a sentence', async (t) => {
  const refused = (path: string, message: RegExp, given: object, training = {}) =>
    t.throws(
      () =>
        play({
          kind: 'ps',
          nodes: 4,
          model: SMALL_MLP,
          data: null,
          training: { ...TRAINING, numerics: 'cost', ...training },
          options: { consistency: 'asp', ...given },
        }),
      { path, message },
    );
  const adam = { optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } };
  const twice = { downpour: { fetch: 2, push: 2 } };
  refused('protocol.downpour', /; consistency 'asp', or null, would be right$/, {
    ...twice,
    consistency: 'bsp',
  });
  refused('protocol.downpour.fetch', /; a multiple of 2 would be right$/, {
    downpour: { fetch: 3, push: 2 },
  });
  refused('protocol.accumulate', /; 1 would be right$/, { ...twice, accumulate: 2 });
  refused('protocol.overlap', /; null would be right$/, {
    ...twice,
    overlap: { bucketBytes: 100 },
  });
  refused(
    'training.optimizer',
    /^servers that step by Adagrad have no 'adam'; 'sgd' would/,
    {
      downpour: { adagrad: true },
    },
    adam,
  );
  refused('protocol.downpour.fetch', /or a fetch of 1, would be right$/, twice, adam);
});
