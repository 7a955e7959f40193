/**
 * Does the work of a relay in plain loops, in one place: layer by layer, the parts of a layer in its own order of sums. It
 * knows no node, no message and no time.
 */
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import { neuronBound } from '../../../../models/pipeline/stage/numerics.ts';
import { assignmentOf, type Setting, type Trace } from './harness.ts';

interface Part {
  readonly segment: Segment;
  /** Its first neuron in the layer, and the one behind its last. */
  readonly low: number;
  readonly high: number;
  readonly layer: number;
  /** The weights after each update. */
  readonly versions: FloatArray[];
}

/** The parts that the nodes had, by layer. */
function partsOf(setting: Setting, { jobs }: Trace): Part[][] {
  const { model, training, seed } = assignmentOf(setting);
  if (model.kind !== 'mlp') throw new Error('a twin is one of numbers');
  const line = lineOf(model, setting.hosts.length);
  const layers: Part[][] = model.layers.slice(1).map(() => []);
  for (const node of setting.hosts.keys()) {
    const own = jobs.find((job) => job.node === node)!;
    const [low, high] = [own.low, own.high].map((bound) => neuronBound(line, model, bound));
    const segment = new Segment({ ...training, model, seed, low, high });
    const { layer, low: first } = line.blocks[own.low];
    const versions = [segment.parameters.slice()];
    layers[layer].push({ segment, low: first, high: first + high - low, layer, versions });
  }
  return layers;
}

/** The outputs of a layer. */
function outputsOf(
  parts: readonly Part[],
  key: number,
  x: FloatArray,
  samples: number,
  at: number,
) {
  const all = parts.map(({ segment, low, layer, versions }) => {
    const isOpen = low === 0 && layer > 0;
    const before = allocate(segment.parameters instanceof Float32Array ? 32 : 64, low * samples);
    const carry = isOpen ? { outputs: x, inputs: null } : { outputs: before, inputs: x };
    const { outputs } = segment.forward(key, { samples, ...carry }, false, versions[at]);
    return Array.from(outputs.subarray(low * samples));
  });
  return (x.constructor as Float32ArrayConstructor).from(all.flat());
}

/** The gradient of a layer's inputs: that of the last part, and the others added to it one by one. */
function inputGradientOf(
  parts: readonly Part[],
  key: number,
  dy: FloatArray,
  samples: number,
  { at, inputs }: { at: number; inputs: number },
): FloatArray {
  let sum: FloatArray | null = null;
  for (const { segment, low, high, layer, versions } of [...parts].reverse()) {
    const isLast = high * samples === dy.length;
    const empty = dy.slice(0, 0);
    const zeros = isLast || layer === 0 ? null : allocateLike(dy, inputs * samples);
    const carry = { samples, outputs: dy.slice(0, high * samples), inputs: zeros };
    const result = segment.backward(key, carry, versions[at]);
    const own: FloatArray = low === 0 ? result.outputs : (result.inputs ?? empty);
    const before: FloatArray | null = sum;
    sum = before === null ? own : own.map((value, k) => before[k] + value);
  }
  return sum!;
}

const allocateLike = (array: FloatArray, length: number): FloatArray =>
  allocate(array instanceof Float32Array ? 32 : 64, length);

/** The weights after all iterations, each computed with those of so many updates before. */
export function twinOf(setting: Setting, trace: Trace, delay = 0): Uint8Array {
  const { model, training, seed, data } = assignmentOf(setting);
  if (model.kind !== 'mlp') throw new Error('a twin is one of numbers');
  const layers = partsOf(setting, trace);
  const order = new SampleOrder(seed, data!.train.labels.length);
  const samples = training.batch / training.microBatches;
  for (let k = 0; k < training.iterations * training.microBatches; k++) {
    const iteration = Math.floor(k / training.microBatches);
    const at = Math.max(0, iteration - delay);
    const indices = order.indices(k * samples, samples);
    let x: FloatArray = gatherFeatures(data!.train, indices, training.precision);
    for (const parts of layers) x = outputsOf(parts, k, x, samples, at);
    const labels = gatherLabels(data!.train, indices);
    let dy: FloatArray = softmaxCrossEntropy(x, model.layers.at(-1)!, samples, labels).gradient;
    for (const [layer, parts] of [...layers.entries()].reverse())
      dy = inputGradientOf(parts, k, dy, samples, { at, inputs: model.layers[layer] });
    if ((k + 1) % training.microBatches !== 0) continue;
    for (const { segment, versions } of layers.flat()) {
      segment.update();
      versions.push(segment.parameters.slice());
    }
  }
  const pieces = layers.flat().map(({ segment: { parameters } }) => Buffer.from(parameters.buffer));
  return new Uint8Array(Buffer.concat(pieces));
}
