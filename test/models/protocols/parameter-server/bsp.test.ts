/** BSP against its sequential reference, and the invariants of its messages, jobs and memory. */
import { accountOf, eachAccount } from '../../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { shareOf } from '../../../../models/learning/shares.ts';
import {
  EXACT_HOST,
  SMALL_DATA,
  SMALL_MLP,
  TRAINING,
  bitsOf,
  contentOf,
  costTable,
  play,
} from './harness.ts';
import { exactSetups } from './exact-setups.ts';
import { sequentialReference } from './sequential-reference.ts';

const anyExactSetup = exactSetups('ps-bsp');

t.test('D: BSP equals its sequential reference bit for bit, whoever is late', async (t) => {
  fc.assert(
    fc.property(anyExactSetup, (setup) => {
      const { result, record } = play(setup);
      const { training, seed, nodes } = setup;
      const reference = sequentialReference(
        SMALL_MLP,
        training,
        SMALL_DATA.train,
        seed!,
        nodes - 1,
      );
      return (
        result.outcome === 'finished' &&
        bitsOf(record.finalWeights) === bitsOf(reference.weights) &&
        record.iterations.every(({ loss }, k) => loss === reference.losses[k]) &&
        record.iterations.length === training.iterations
      );
    }),
    { numRuns: 120 },
  );
  t.pass();
});

t.test('I3: every push is made once, added once, in worker order, before its update', async (t) => {
  fc.assert(
    fc.property(anyExactSetup, (setup) => {
      const { jobs, messages } = play(setup);
      const workers = setup.nodes - 1;
      const expected: string[] = [];
      for (let clock = 0; clock < setup.training.iterations; clock++) {
        for (let worker = 0; worker < workers; worker++) expected.push(`add ${clock}/${worker}`);
        expected.push(`update ${clock}`);
      }
      const atServer = jobs.filter(({ node }) => node === workers).map(({ job }) => job.name);
      const pushes = messages.filter(({ message }) => message.kind === 'push');
      const ids = pushes.map(({ from, message }) => `add ${(message as any).iteration}/${from}`);
      return (
        atServer.join() === expected.join() &&
        ids.sort().join() ===
          expected
            .filter((name) => name.startsWith('add'))
            .sort()
            .join()
      );
    }),
    { numRuns: 40 },
  );
  t.pass();
});

t.test('F: the five states of every node sum to the time of the run', async (t) => {
  fc.assert(
    fc.property(anyExactSetup, fc.constantFrom('ps-bsp', 'ps-asp'), (setup, kind) => {
      const { nodes, timeNs } = play({ ...setup, kind }).result;
      return [...eachAccount(nodes)].every(
        ({ busyNs, redoNs, commNs, idleNs, downNs }) =>
          busyNs + redoNs + commNs + idleNs + downNs === timeNs && redoNs + downNs === 0,
      );
    }),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('no message is changed after it was sent', async (t) => {
  fc.assert(
    fc.property(anyExactSetup, fc.constantFrom('ps-bsp', 'ps-asp'), (setup, kind) =>
      play({ ...setup, kind }).messages.every(
        ({ message, sentAs }) => contentOf(message) === sentAs,
      ),
    ),
    { numRuns: 30 },
  );
  t.pass();
});

t.test('D: shares are contiguous, near-equal and cover the batch in worker order', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(500), (workers, extra) => {
      const batch = workers + extra;
      let next = 0;
      for (let worker = 0; worker < workers; worker++) {
        const { low, high } = shareOf(batch, workers, worker);
        const size = Math.floor(batch / workers) + (worker < batch % workers ? 1 : 0);
        if (low !== next || high - low !== size) return false;
        next = high;
      }
      return next === batch;
    }),
  );
  t.pass();
});

t.test('D: memory of workers and server is what the specification says', async (t) => {
  const parameters = 1000;
  const training = {
    ...TRAINING,
    numerics: 'cost' as const,
    batch: 14,
    optimizer: { kind: 'adam' as const, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  };
  const vector = 4 * parameters;
  // Worker 0 is so late that all the other pushes wait for it.
  const late = { ...EXACT_HOST, speedFlopsPerSecond: 1e6 };
  const { result } = play({
    kind: 'ps-bsp',
    nodes: 5,
    model: costTable(1000, parameters),
    data: null,
    otherHosts: { 0: late },
    training,
  });
  const activations = (samples: number) => 4 * samples * (20 + 2 * 10);
  for (let worker = 0; worker < 4; worker++) {
    const samples = worker < 2 ? 4 : 3;
    const account = accountOf(result.nodes, worker);
    t.same(account.memoryItems, {
      weights: vector,
      gradients: vector,
      activations: activations(samples),
    });
    t.equal(account.peakMemoryBytes, 2 * vector + activations(samples));
  }
  t.same(accountOf(result.nodes, 4).memoryItems, {
    weights: vector,
    optimizer: 2 * vector,
    'gradient sum': vector,
    pushes: 4 * vector,
  });
  t.equal(result.nodes.peakMemoryBytes[4], (1 + 2 + 1 + 4) * vector);
});

t.test('D: what the messages weigh', async (t) => {
  const training = { ...TRAINING, numerics: 'cost' as const, precision: 64 as const };
  const model = costTable(1000, 70);
  const { messages } = play({ kind: 'ps-bsp', nodes: 3, model, data: null, training });
  const payload = { pull: 16, 'pull-reply': 8 * 70, push: 8 * 70 + 8 } as Record<string, number>;
  for (const { message, bytes } of messages) t.equal(bytes, payload[message.kind] + 48);
  for (const kind of Object.keys(payload))
    t.equal(messages.filter(({ message }) => message.kind === kind).length, 3 * 2, kind);
  for (const { message } of messages)
    t.notOk(Object.values(message).some(ArrayBuffer.isView), 'no tensor under cost numerics');
});
