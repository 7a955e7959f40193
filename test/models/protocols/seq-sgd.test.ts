import { accountOf } from '../../../engine/node-accounts.ts';
import t from 'tap';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';
import { host, runProtocol, sameBits, SPEED } from './ring-tmp/harness.ts';

const model = { kind: 'mlp' as const, layers: [7, 13, 5], activation: 'relu' as const };
const data = syntheticData(5, 60, 3, 7, 5);

t.test('section 0: one job for the gradient of the batch, one for the update', async (t) => {
  const { result, jobs, iterations } = runProtocol(
    { hosts: [host(SPEED, Infinity, 100)], model, training: { iterations: 3 } },
    { kind: 'seq-sgd' },
  );
  const forward = 2 * 7 * 13 + 2 * 13 + 2 * 13 * 5 + 2 * 5;
  const backward = 2 * 7 * 13 + 13 + 4 * 13 * 5 + 5;
  const parameters = 8 * 13 + 14 * 5;
  t.equal(result.outcome, 'finished');
  t.same(
    jobs.map(({ pass, version }) => `${pass} ${version}`),
    ['gradient 0', 'update 0', 'gradient 1', 'update 1', 'gradient 2', 'update 2'],
  );
  t.equal(result.nodes.flops[0], 3 * (12 * (forward + backward) + 2 * parameters));
  t.same(
    iterations.map(({ iteration, samples }) => [iteration, samples]),
    [
      [0, 12],
      [1, 24],
      [2, 36],
    ],
  );
  t.same(accountOf(result.nodes, 0).memoryItems, {
    weights: 4 * parameters,
    gradients: 4 * parameters,
    activations: 4 * 12 * (7 + 13 + 2 * (13 + 5)),
  });
});

t.test('beside protocols for many nodes it runs on node 0, and the others are spare', async (t) => {
  const training = { numerics: 'exact' as const, iterations: 4 };
  const alone = runProtocol({ hosts: [host()], model, data, training }, { kind: 'seq-sgd' });
  const beside = runProtocol(
    { hosts: [host(), host(SPEED / 2), host()], model, data, training },
    { kind: 'seq-sgd' },
  );
  t.same(beside.roles, ['trainer', 'spare', 'spare']);
  t.equal(beside.result.outcome, 'finished');
  t.equal(beside.result.messages, 0);
  t.ok(sameBits(alone.weights, beside.weights));
  const other = runProtocol(
    { hosts: [host()], seed: 2, model, data, training },
    { kind: 'seq-sgd' },
  );
  t.notOk(sameBits(alone.weights, other.weights), 'another seed, other weights');
});
