/** All-reduce learns what its twin of plain loops learns, bit for bit, whatever arrives when; and what seq-sgd learns. */
import fc from 'fast-check';
import t from 'tap';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { runProtocol, sameBits, trainingOf } from '../ring-tmp/harness.ts';
import { anySetting } from '../ring-tmp/settings.ts';
import { twin } from './twin.ts';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const work = fc.record({
  setting: anySetting('exact'),
  iterations: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 1, max: 4 }),
  bucketBytes: fc.option(fc.integer({ min: 1, max: 400 })),
});

/** Its options; a protocol of as many groups as divide the nodes. */
const allReduce = (nodes: number, groups: number, bucketBytes: number | null) => ({
  kind: 'all-reduce',
  groups: nodes % groups === 0 ? groups : 1,
  overlap: bucketBytes === null ? null : { bucketBytes },
});

t.test(
  'weights and losses are those of the shares, summed in the order of the rings',
  async (t) => {
    fc.assert(
      fc.property(work, ({ setting, iterations, groups, bucketBytes }) => {
        const training = trainingOf({ ...setting.training, iterations });
        const nodes = setting.hosts.length;
        fc.pre(nodes <= training.batch);
        const options = allReduce(nodes, groups, bucketBytes);
        const run = runProtocol({ ...setting, training }, options);
        const { weights, losses } = twin({
          ...{
            model: setting.model as MlpSpec,
            training,
            data: setting.data!,
            seed: setting.seed!,
          },
          ...{ groups: options.groups, bucketBytes, members: () => nodes },
        });
        return (
          sameBits(run.weights, bytesOf(weights)) &&
          run.iterations.every(({ iteration, loss }) => Object.is(loss, losses[iteration])) &&
          run.iterations.length === iterations
        );
      }),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test('one node alone is sequential SGD, bit for bit', async (t) => {
  fc.assert(
    fc.property(work, ({ setting, iterations, bucketBytes }) => {
      const alone = {
        ...setting,
        hosts: setting.hosts.slice(0, 1),
        training: { ...setting.training, iterations },
      };
      const { weights } = runProtocol(alone, allReduce(1, 1, bucketBytes));
      return sameBits(weights, runProtocol(alone, { kind: 'seq-sgd' }).weights);
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('to rounding it is sequential SGD', async (t) => {
  fc.assert(
    fc.property(work, ({ setting, iterations, groups, bucketBytes }) => {
      const training = trainingOf({ ...setting.training, iterations, precision: 64 });
      // Adam divides by gradients that may be rounding alone.
      fc.pre(training.optimizer.kind !== 'adam' && setting.hosts.length <= training.batch);
      const options = allReduce(setting.hosts.length, groups, bucketBytes);
      const [one, other] = [options, { kind: 'seq-sgd' }].map(
        (protocol) =>
          new Float64Array(runProtocol({ ...setting, training }, protocol).weights!.buffer),
      );
      return one.every((value, k) => Math.abs(value - other[k]) < 1e-12);
    }),
    { numRuns: 100 },
  );
  t.pass();
});
