/**
 * A node that trains a model alone, layer by layer as the nodes of any protocol do, and measures what the passes of each
 * layer take for batches of several sizes.
 */
import { gatherFeatures, gatherLabels } from '../../models/learning/batch.ts';
import type { Carry } from '../../models/learning/carry.ts';
import { allocate } from '../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../models/learning/loss.ts';
import { SampleOrder } from '../../models/learning/sample-order.ts';
import { Segment } from '../../models/learning/segment.ts';
import type { Dataset } from '../../models/spec/data.ts';
import type { MlpSpec } from '../../models/spec/model.ts';
import type { TrainingSpec } from '../../models/spec/training.ts';
import type { Job, Node, World } from '../../engine/world.ts';
import { median } from './median.ts';

export interface PassWork {
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: Dataset;
  /** Samples of the batches. */
  readonly sizes: readonly number[];
  /** How long each size is measured. */
  readonly eachNs: number;
}

export interface LayerTimes {
  readonly forward: number;
  readonly inputGradient: number;
  readonly weightGradient: number;
}

/** Medians, in nanoseconds. */
export interface PassNote {
  readonly samples: number;
  readonly layers: readonly LayerTimes[];
  readonly update: number;
  /** Between the end of a job and the beginning of the next. */
  readonly gap: number;
}

/** No size is measured less often. */
const LEAST_TIMES = 20;
const SEED = 1;

type Times = Record<'forward' | 'inputGradient' | 'weightGradient', number[]>;

/** What is measured of one size. */
class Measurement {
  readonly layers: readonly Times[];
  readonly update: number[] = [];
  readonly gap: number[] = [];

  constructor(layers: number) {
    const none = (): Times => ({ forward: [], inputGradient: [], weightGradient: [] });
    this.layers = Array.from({ length: layers }, none);
  }

  note(samples: number): PassNote {
    const { layers, update, gap } = this;
    return {
      samples,
      layers: layers.map(({ forward, inputGradient, weightGradient }) => ({
        forward: settled(forward),
        inputGradient: settled(inputGradient),
        weightGradient: settled(weightGradient),
      })),
      update: settled(update),
      gap: settled(gap),
    };
  }
}

/** The median, without the first fifth: code is slow until it has run for a while. */
function settled(times: readonly number[]): number {
  return median(times.slice(Math.floor(times.length / 5)));
}

export class PassNode implements Node {
  readonly phase = 'measuring';
  finished = false;
  private readonly world: World;
  private readonly work: PassWork;
  private readonly segments: readonly Segment[];
  private readonly order: SampleOrder;
  private size = 0;
  private times = 0;
  private beganNs = 0;
  private endedNs = 0;
  private measured: Measurement;

  constructor(world: World, work: PassWork) {
    this.world = world;
    this.work = work;
    const { model, training, data } = work;
    this.order = new SampleOrder(SEED, data.labels.length);
    let high = 0;
    this.segments = model.layers.slice(1).map((width) => {
      const low = high;
      high += width;
      return new Segment({ ...training, model, seed: SEED, low, high });
    });
    this.measured = new Measurement(this.segments.length);
  }

  start(): void {
    this.next();
  }

  receive(): void {}
  woken(): void {}
  waitsFor(): string {
    return 'nothing';
  }

  computed(): void {
    const { world, work } = this;
    this.times++;
    if (this.times >= LEAST_TIMES && world.now() - this.beganNs > work.eachNs) {
      world.note('passes', this.measured.note(work.sizes[this.size]));
      this.measured = new Measurement(this.segments.length);
      this.times = 0;
      this.finished = ++this.size === work.sizes.length;
    }
    if (!this.finished) this.next();
  }

  private next(): void {
    if (this.times === 0) this.beganNs = this.endedNs = this.world.now();
    this.world.compute({ name: 'passes', flops: 0, run: () => this.run() } satisfies Job);
  }

  /** All passes of a batch, and an update. What a batch begins and ends with counts as the first and the last layer's. */
  private run(): void {
    const { segments, measured, world } = this;
    let sinceNs = world.now();
    const lap = (times: number[]): void => {
      const nowNs = world.now();
      times.push(nowNs - sinceNs);
      sinceNs = nowNs;
    };
    measured.gap.push(sinceNs - this.endedNs);
    const { indices, carry: features } = this.batch();
    let carry = features;
    for (const [layer, segment] of segments.entries()) {
      carry = segment.forward(0, carry);
      lap(measured.layers[layer].forward);
    }
    carry = this.lossGradient(carry, indices);
    for (let layer = segments.length - 1; layer >= 0; layer--) {
      carry = segments[layer].inputGradient(0, carry);
      lap(measured.layers[layer].inputGradient);
      segments[layer].weightGradient(0);
      lap(measured.layers[layer].weightGradient);
    }
    for (const segment of segments) segment.update();
    lap(measured.update);
    this.endedNs = world.now();
  }

  private batch(): { indices: Uint32Array; carry: Carry } {
    const { data, training, sizes } = this.work;
    const samples = sizes[this.size];
    const indices = this.order.indices(this.times * samples, samples);
    const inputs = gatherFeatures(data, indices, training.precision);
    return { indices, carry: { samples, outputs: allocate(training.precision, 0), inputs } };
  }

  private lossGradient({ outputs, samples }: Carry, indices: Uint32Array): Carry {
    const { data, model } = this.work;
    const labels = gatherLabels(data, indices);
    const classes = model.layers[model.layers.length - 1];
    const { gradient } = softmaxCrossEntropy(outputs, classes, samples, labels);
    return { samples, outputs: gradient, inputs: null };
  }
}
