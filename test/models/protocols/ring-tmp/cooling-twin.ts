/**
 * Sequential SGD that leaves out updates of blocks by a log: every block is a segment of its own, in plain loops, in one
 * place. It knows no node, no time, and not why a block rests.
 */
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import { copyState } from '../../../../models/learning/segment-state.ts';
import { neuronBound } from '../../../../models/pipeline/stage/numerics.ts';
import { assignmentOf, type Setting } from './harness.ts';

/** An update, but for the weights and slots of a block that rests: only what counts updates goes on. */
function update(segment: Segment, isResting: boolean): void {
  const before = copyState(segment.state);
  segment.update();
  if (!isResting) return;
  const after = segment.state;
  after.parameters.set(before.parameters);
  after.first.set(before.first);
  after.second.set(before.second);
}

/** The weights after all iterations. `rests` has, by iteration, the blocks of the line that were left out. */
export function cooledTwin(setting: Setting, rests: ReadonlyMap<number, ReadonlySet<number>>) {
  const { model, training, seed, data } = assignmentOf(setting);
  if (model.kind !== 'mlp') throw new Error('a twin is one of numbers');
  const line = lineOf(model, setting.hosts.length);
  const segments = line.blocks.map((_, block) => {
    const [low, high] = [block, block + 1].map((bound) => neuronBound(line, model, bound));
    return new Segment({ ...training, model, seed, low, high });
  });
  const order = new SampleOrder(seed, data!.train.labels.length);
  for (let iteration = 0; iteration < training.iterations; iteration++) {
    const indices = order.indices(iteration * training.batch, training.batch);
    const inputs = gatherFeatures(data!.train, indices, training.precision);
    const samples = training.batch;
    let carry: ReturnType<Segment['forward']> = {
      ...{ samples, inputs, outputs: allocate(training.precision, 0) },
    };
    for (const segment of segments) carry = segment.forward(0, carry);
    const labels = gatherLabels(data!.train, indices);
    const classes = model.layers.at(-1)!;
    const { gradient } = softmaxCrossEntropy(carry.outputs, classes, samples, labels);
    carry = { samples, outputs: gradient, inputs: null };
    for (const segment of [...segments].reverse()) carry = segment.backward(0, carry);
    const resting = rests.get(iteration);
    for (const [block, segment] of segments.entries())
      update(segment, resting?.has(block) ?? false);
  }
  const pieces = segments.map(({ parameters }) => Buffer.from(parameters.slice().buffer));
  return new Uint8Array(Buffer.concat(pieces));
}
