/** What hosts and layers say beside operations and speed costs what it says, under every protocol. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { CostTableSpec } from '../../../models/spec/model.ts';
import { runProtocol, trainingOf } from '../protocols/ring-tmp/harness.ts';

const OPTIMIZERS = [
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
] as const;
const SLOTS = { sgd: 0, momentum: 1, adam: 2 };

const layer = fc.record({
  name: fc.constant('x'),
  forwardFlops: fc.integer({ min: 1, max: 9000 }),
  backwardFlops: fc.integer({ min: 1, max: 9000 }),
  parameters: fc.integer({ min: 1, max: 9000 }),
  outputElements: fc.integer({ min: 1, max: 5 }),
  overheadNs: fc.integer({ min: 0, max: 1000 }),
});
const work = fc.record({
  layers: fc.array(layer, { minLength: 1, maxLength: 5 }),
  microBatches: fc.constantFrom(1, 2, 3, 4, 6, 12),
  optimizer: fc.constantFrom(...OPTIMIZERS),
  taskOverheadNs: fc.integer({ min: 0, max: 1000 }),
  /** From bound by arithmetic to bound by memory. */
  bytesPerFlop: fc.integer({ min: 1, max: 12 }),
  percent: fc.integer({ min: 1, max: 100 }),
});

t.test(
  'A.4: an iteration of one node is its passes and an update, with all that they cost',
  async (t) => {
    fc.assert(
      fc.property(
        work,
        fc.constantFrom('gpipe', '1f1b', 'ring-tmp', 'seq-sgd'),
        ({ layers, microBatches, optimizer, taskOverheadNs, bytesPerFlop, percent }, kind) => {
          const model: CostTableSpec = { kind: 'costs', inputElements: 1, layers };
          const training = trainingOf({ microBatches, optimizer, iterations: 3 });
          const spec: HostSpec = {
            ...{ speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs },
            efficiency: [{ samples: 1, efficiency: percent / 100 }],
            memoryBandwidthBytesPerSecond: bytesPerFlop * 1e9,
          };
          const { iterations } = runProtocol({ hosts: [spec], model, training }, { kind });
          const sum = (of: (one: (typeof layers)[number]) => number) =>
            layers.reduce((total, one) => total + of(one), 0);
          const whole = kind === 'seq-sgd';
          const samples = whole ? training.batch : training.batch / microBatches;
          const slots = SLOTS[optimizer.kind];
          const parameters = sum(({ parameters }) => parameters);
          const reached = percent / 100;
          const overheadNs = sum(({ overheadNs }) => overheadNs);
          const passNs = (flops: number, passes: number) =>
            Math.ceil(taskOverheadNs + passes * overheadNs + (samples * flops) / reached - 1e-6);
          const forward = sum(({ forwardFlops }) => forwardFlops);
          const backward = sum(({ backwardFlops }) => backwardFlops);
          const passes = whole
            ? passNs(forward + backward, 2)
            : microBatches * (passNs(forward, 1) + passNs(backward, 1));
          const updateNs = Math.max(
            ((2 + 2 * slots) * parameters) / reached,
            (4 * (3 + 2 * slots) * parameters) / bytesPerFlop,
          );
          const tookNs = iterations[2].timeNs - iterations[1].timeNs;
          // Each job may be rounded up or not where it is a whole number but for the last bit.
          return (
            Math.abs(tookNs - passes - Math.ceil(taskOverheadNs + updateNs)) <= 2 * microBatches + 1
          );
        },
      ),
      { numRuns: 200 },
    );
    t.pass();
  },
);

t.test('the sums of a parameter server take the longer of operations and traffic', async (t) => {
  const parameters = 5000;
  const layers = [{ name: 'x', forwardFlops: 1, backwardFlops: 2, parameters, outputElements: 1 }];
  const host = (memoryBandwidthBytesPerSecond?: number): HostSpec => ({
    ...{ speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs: 100 },
    memoryBandwidthBytesPerSecond,
  });
  const jobsOf = (bandwidth?: number) => {
    const { jobs } = runProtocol(
      {
        hosts: Array.from({ length: 3 }, () => host(bandwidth)),
        model: { kind: 'costs', inputElements: 1, layers },
        network: { kind: 'star', bandwidth: 1e9, latencyNs: 1000 },
      },
      { kind: 'ps-bsp' },
    );
    const of = (pass: string) => {
      const { startNs, endNs } = jobs.find((job) => job.pass === pass)!;
      return endNs - startNs;
    };
    return [of('add'), of('update'), of('gradient')];
  };
  const gradientNs = 100 + 6 * 3;
  t.same(jobsOf(), [5100, 10100, gradientNs]);
  t.same(jobsOf(1e9), [60100, 60100, gradientNs], 'three vectors of 4 bytes an element each');
  t.equal(jobNs(host(1e9), 5000, 1), 5100, 'without a profile there is no traffic');
});
