/** Local SGD learns what its twin of plain loops learns, bit for bit, whatever arrives when. */
import fc from 'fast-check';
import t from 'tap';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { runProtocol, sameBits, trainingOf } from '../ring-tmp/harness.ts';
import { anySetting } from '../ring-tmp/settings.ts';
import { localSgd, twin } from './twin.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const work = fc.record({
  setting: anySetting('exact'),
  iterations: fc.integer({ min: 1, max: 7 }),
  localSteps: fc.integer({ min: 1, max: 5 }),
  outer: fc.constantFrom('average', 'nesterov'),
});

t.test('the weights and losses are those of H steps a worker, then a mean in order', async (t) => {
  fc.assert(
    fc.property(work, ({ setting, iterations, localSteps, outer }) => {
      const training = trainingOf({ ...setting.training, iterations });
      const workers = setting.hosts.length;
      fc.pre(workers <= training.batch);
      const run = runProtocol({ ...setting, training }, localSgd(localSteps, outer));
      const { weights, losses } = twin({
        ...{ model: setting.model as MlpSpec, training, workers, localSteps, outer },
        ...{ data: setting.data!, seed: setting.seed! },
      });
      return (
        sameBits(run.weights, bytesOf(weights)) &&
        run.iterations.every(({ iteration, loss }) => Object.is(loss, losses[iteration])) &&
        run.iterations.length === iterations
      );
    }),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('one node alone is sequential SGD, however many steps it makes alone', async (t) => {
  fc.assert(
    fc.property(work, ({ setting, iterations, localSteps }) => {
      const alone = {
        ...setting,
        hosts: setting.hosts.slice(0, 1),
        training: { ...setting.training, iterations },
      };
      const { weights } = runProtocol(alone, localSgd(localSteps));
      return sameBits(weights, runProtocol(alone, { kind: 'seq-sgd' }).weights);
    }),
    { numRuns: 50 },
  );
  t.pass();
});

t.test(
  'with one local step it is sequential SGD and all-reduce, but for the order of sums',
  async (t) => {
    fc.assert(
      fc.property(work, ({ setting, iterations }) => {
        const training = trainingOf({ ...setting.training, iterations, precision: 64 });
        // Adam forgets the scale of a gradient, so that a mean of its steps is no step by the mean.
        fc.pre(training.optimizer.kind !== 'adam' && setting.hosts.length <= training.batch);
        const [one, ...others] = [localSgd(1), { kind: 'seq-sgd' }, { kind: 'all-reduce' }].map(
          (protocol) => runProtocol({ ...setting, training }, protocol).weights!,
        );
        const own = new Float64Array(one.buffer);
        return others.every((each) =>
          new Float64Array(each.buffer).every((value, k) => Math.abs(value - own[k]) < 1e-12),
        );
      }),
      { numRuns: 100 },
    );
    t.pass();
  },
);
