/** PROTOCOLS A.1, C: a state that is taken out, cut anew and put in again goes on with the same bits. */
import fc from 'fast-check';
import t from 'tap';
import { randomStream } from '../../../engine/random.ts';
import { allocate, type Precision } from '../../../models/learning/float-array.ts';
import { FollowedState } from '../../../models/learning/followed-state.ts';
import { neuronCount } from '../../../models/learning/pieces.ts';
import { Segment } from '../../../models/learning/segment.ts';
import {
  copyState,
  joinStates,
  sliceState,
  type SegmentState,
} from '../../../models/learning/segment-state.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import type { OptimizerSpec } from '../../../models/spec/training.ts';

interface Work {
  model: MlpSpec;
  precision: Precision;
  optimizer: OptimizerSpec;
  learningRate: number;
  batch: number;
  seed: number;
}

const works: fc.Arbitrary<Work> = fc.record({
  model: fc
    .array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 4 })
    .map((layers): MlpSpec => ({ kind: 'mlp', layers, activation: 'relu' })),
  precision: fc.constantFrom<Precision>(32, 64),
  optimizer: fc.constantFrom<OptimizerSpec>(
    { kind: 'sgd' },
    { kind: 'momentum', momentum: 0.9 },
    { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ),
  learningRate: fc.constant(0.1),
  batch: fc.constant(4),
  seed: fc.nat(1000),
});

const cutsOf = ({ model }: Work) =>
  fc
    .subarray(Array.from({ length: neuronCount(model) - 1 }, (_, k) => k + 1))
    .map((cuts) => [0, ...cuts.sort((a, b) => a - b), neuronCount(model)]);

/** A gradient for parameters [low, high) of a step: drawn by parameter, so that any cut gets the same. */
function gradientOf(work: Work, step: number, low: number, high: number) {
  const gradient = allocate(work.precision, high - low);
  for (let k = low; k < high; k++)
    gradient[k - low] = randomStream(work.seed, `gradient/${step}/${k}`).uniform() - 0.5;
  return gradient;
}

function stepped(work: Work, segment: Segment, step: number): void {
  const { offset, parameters, gradients } = segment;
  gradients.set(gradientOf(work, step, offset, offset + parameters.length));
  segment.update();
}

function segmentsOf(work: Work, bounds: readonly number[], whole?: SegmentState): Segment[] {
  return bounds.slice(1).map((high, k) => {
    const low = bounds[k];
    if (whole === undefined) return new Segment({ ...work, low, high });
    const { offset, parameters } = new Segment({ ...work, low, high });
    const state = sliceState(whole, offset, offset + parameters.length);
    return new Segment({ ...work, low, high, state });
  });
}

t.test('C: a state cut anew between any two steps trains on with the same bits', async (t) => {
  const cases = works.chain((work) =>
    fc.tuple(fc.constant(work), fc.array(cutsOf(work), { minLength: 1, maxLength: 4 })),
  );
  fc.assert(
    fc.property(cases, ([work, cuts]) => {
      const [alone] = segmentsOf(work, [0, neuronCount(work.model)]);
      let segments = segmentsOf(work, cuts[0]);
      cuts.forEach((bounds, step) => {
        segments = segmentsOf(work, bounds, joinStates(segments.map(({ state }) => state)));
        for (const segment of [alone, ...segments]) stepped(work, segment, step);
      });
      t.same(joinStates(segments.map(({ state }) => state)), alone.state);
    }),
    { numRuns: 60 },
  );
});

t.test(
  'C: a followed state is bit for bit that of its owner, and neither disturbs the other',
  async (t) => {
    fc.assert(
      fc.property(works, fc.integer({ min: 0, max: 3 }), (work, before) => {
        const [owner] = segmentsOf(work, [0, neuronCount(work.model)]);
        for (let step = 0; step < before; step++) stepped(work, owner, step);
        const replica = new FollowedState(work, copyState(owner.state));
        const kept = copyState(owner.state);
        for (let step = before; step < before + 3; step++) {
          stepped(work, owner, step);
          replica.step(gradientOf(work, step, 0, owner.parameters.length));
        }
        t.same(replica.state, owner.state);
        t.notSame(kept.parameters, owner.state.parameters);
      }),
      { numRuns: 40 },
    );
  },
);

t.test('a state that does not fit is refused in a sentence', async (t) => {
  const model: MlpSpec = { kind: 'mlp', layers: [3, 4, 2], activation: 'relu' };
  const work = { precision: 64, optimizer: { kind: 'momentum', momentum: 0.5 } } as const;
  const settings = { ...work, model, learningRate: 1, batch: 1, seed: 1 };
  const { state } = new Segment({ ...settings, low: 0, high: 6 });
  t.throws(() => sliceState(state, 3, 99), /\[3, 99\) were asked of a state that has \[0, 26\)/);
  t.throws(
    () => new Segment({ ...settings, low: 1, high: 6, state }),
    /26 parameters from 0, 22 from 4/,
  );
  const [head, tail] = [sliceState(state, 0, 4), sliceState(state, 8, 26)];
  t.throws(() => joinStates([head, tail]), /from parameter 8 follows one that ends at 4/);
  const later = { ...sliceState(state, 4, 26), beta1Power: 0.9 };
  t.throws(() => joinStates([head, later]), /from parameter 4 is of another step/);
  t.same(joinStates([head, sliceState(state, 4, 8), tail]), state);
});
