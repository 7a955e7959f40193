/** Replays what a ring has logged of its weights, and draws rings in each mode (PROTOCOLS B). */
import fc from 'fast-check';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import { neuronBound } from '../../../../models/pipeline/stage/numerics.ts';
import { assignmentOf, type JobRecord, type Setting, type Trace } from './harness.ts';
import { anySetting, ringOptions } from './settings.ts';

type Mode = 'sync' | '2bw' | 'stash' | 'bounded';

/** Options of RingTMP in that mode, any of them. */
export const modeOptions = (mode: Mode) =>
  fc.tuple(ringOptions, fc.integer({ min: 0, max: 4 })).map(([options, staleness]) => ({
    ...options,
    mode,
    ...(mode === 'bounded' ? { staleness } : {}),
  }));

/** Rings of some more iterations, so that what is in flight may be of several. */
export const longSetting = (numerics: 'exact' | 'cost') =>
  fc
    .tuple(anySetting(numerics), fc.integer({ min: 1, max: 6 }))
    .map(([setting, iterations]): Setting => ({
      ...setting,
      training: { ...setting.training, iterations },
    }));

/** The versions that the passes of a node took, by number of the micro-batch. */
function versionsOf(
  jobs: readonly JobRecord[],
  pass: string,
  microBatches: number,
): Map<number, number> {
  const own = jobs.filter((job) => job.pass === pass);
  return new Map(
    own.map(({ iteration, microBatch, version }) => [
      iteration * microBatches + microBatch,
      version,
    ]),
  );
}

interface Part {
  readonly segment: Segment;
  /** The weights after each update. */
  readonly versions: FloatArray[];
  readonly forward: ReadonlyMap<number, number>;
  readonly backward: ReadonlyMap<number, number>;
  /** Of forwards that were run again. */
  readonly recompute: ReadonlyMap<number, number>;
}

/** The parts of a ring that updates after every micro-batch, in line order. */
function partsOf(setting: Setting, { jobs }: Trace): Part[] {
  const { model, training, seed } = assignmentOf(setting);
  if (model.kind !== 'mlp') throw new Error('a replay is one of numbers');
  const line = lineOf(model, setting.hosts.length);
  const batch = training.batch / training.microBatches;
  return setting.hosts.map((_, node) => {
    const own = jobs.filter((job) => job.node === node);
    const low = neuronBound(line, model, own[0].low);
    const high = neuronBound(line, model, own[0].high);
    const segment = new Segment({ ...training, batch, model, seed, low, high });
    const forward = versionsOf(own, 'forward', training.microBatches);
    const backward = versionsOf(own, 'backward', training.microBatches);
    const recompute = versionsOf(own, 'recompute', training.microBatches);
    return { segment, versions: [segment.parameters.slice()], forward, backward, recompute };
  });
}

/**
 * The weights that follow from the versions that each pass took, one micro-batch after the other on one node: it knows
 * nothing of times, messages or windows.
 */
export function replay(setting: Setting, trace: Trace): Uint8Array {
  const { model, training, seed, data } = assignmentOf(setting);
  const parts = partsOf(setting, trace);
  const { train } = data!;
  const order = new SampleOrder(seed, train.labels.length);
  const samples = training.batch / training.microBatches;
  const classes = model.kind === 'mlp' ? model.layers.at(-1)! : 0;
  for (let k = 0; k < training.iterations * training.microBatches; k++) {
    const indices = order.indices(k * samples, samples);
    const inputs = gatherFeatures(train, indices, training.precision);
    let carry = { samples, outputs: allocate(training.precision, 0), inputs } as ReturnType<
      Segment['forward']
    >;
    for (const { segment, versions, forward, recompute } of parts) {
      const again = recompute.get(k);
      carry = segment.forward(k, carry, again !== undefined, versions[forward.get(k)!]);
      if (again !== undefined) segment.forwardAgain(k, versions[again]);
    }
    const labels = gatherLabels(train, indices);
    const { gradient } = softmaxCrossEntropy(carry.outputs, classes, samples, labels);
    carry = { samples, outputs: gradient, inputs: null };
    for (const { segment, versions, backward } of [...parts].reverse()) {
      carry = segment.backward(k, carry, versions[backward.get(k)!]);
      segment.update();
      versions.push(segment.parameters.slice());
    }
  }
  const pieces = parts.map(({ segment: { parameters } }) =>
    Buffer.from(parameters.buffer, parameters.byteOffset, parameters.byteLength),
  );
  return new Uint8Array(Buffer.concat(pieces));
}
