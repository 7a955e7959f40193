/**
 * The numerics of a node that blocks come to: its own samples, and the activations of the whole net for them. It knows no
 * message and no order of turns.
 */
import type { Carry } from '../../../learning/carry.ts';
import { gatherFeatures, gatherLabels } from '../../../learning/batch.ts';
import { inputGradientPass, weightGradientPass } from '../../../learning/backward-pass.ts';
import { allocate, type FloatArray } from '../../../learning/float-array.ts';
import { type Activations, forwardPass } from '../../../learning/forward-pass.ts';
import { simdKernel } from '../../../learning/kernels/simd.ts';
import { softmaxCrossEntropy } from '../../../learning/loss.ts';
import { piecesOf } from '../../../learning/pieces.ts';
import { SampleOrder } from '../../../learning/sample-order.ts';
import { neuronBound } from '../../../pipeline/stage/numerics.ts';
import type { DataSplit } from '../../../spec/data.ts';
import type { MlpSpec } from '../../../spec/model.ts';
import type { RingWork } from '../ring-work.ts';

export class Visiting {
  private readonly work: RingWork;
  private readonly model: MlpSpec;
  private readonly data: DataSplit;
  private readonly bounds: readonly number[];
  private readonly order: SampleOrder;
  /** Of each of its micro-batches: what the next pass begins with, and what backward passes need, by block. */
  private readonly carries = new Map<number, Carry>();
  private readonly kept = new Map<number, Activations[]>();

  constructor(work: RingWork, model: MlpSpec, data: DataSplit, bounds: readonly number[]) {
    this.work = work;
    this.model = model;
    this.data = data;
    this.bounds = bounds;
    this.order = new SampleOrder(work.assignment.seed, data.train.labels.length);
  }

  forward(block: number, iteration: number, microBatch: number, weights: FloatArray): void {
    const carry = this.carries.get(microBatch) ?? this.features(iteration, microBatch);
    const result = forwardPass(simdKernel, this.pieces(block), weights, carry, true);
    const kept = this.kept.get(microBatch) ?? [];
    kept[block] = result.activations;
    this.kept.set(microBatch, kept);
    this.carries.set(microBatch, result.carry);
  }

  /** Turns logits into the gradient of the loss, and returns the summed loss. */
  loss(iteration: number, microBatch: number): number {
    const { outputs, samples } = this.carries.get(microBatch)!;
    const labels = gatherLabels(this.data.train, this.indices(iteration, microBatch));
    const { outputElements } = this.work.line;
    const { lossSum, gradient } = softmaxCrossEntropy(outputs, outputElements, samples, labels);
    this.carries.set(microBatch, { samples, outputs: gradient, inputs: null });
    return lossSum;
  }

  /** Adds to the gradients of the block. */
  backward(block: number, microBatch: number, weights: FloatArray, gradients: FloatArray): void {
    const pieces = this.pieces(block);
    const activations = this.kept.get(microBatch)![block];
    const carry = this.carries.get(microBatch)!;
    const result = inputGradientPass(simdKernel, pieces, weights, activations, carry);
    weightGradientPass(simdKernel, pieces, gradients, activations, result.outputGradients);
    if (block > 0) return void this.carries.set(microBatch, result.carry);
    this.carries.delete(microBatch);
    this.kept.delete(microBatch);
  }

  private pieces(block: number) {
    const { model, bounds, work } = this;
    const [low, high] = [bounds[block], bounds[block + 1]];
    return piecesOf(model, neuronBound(work.line, model, low), neuronBound(work.line, model, high))
      .pieces;
  }

  private features(iteration: number, microBatch: number): Carry {
    const { precision } = this.work.training;
    const indices = this.indices(iteration, microBatch);
    return {
      samples: indices.length,
      outputs: allocate(precision, 0),
      inputs: gatherFeatures(this.data.train, indices, precision),
    };
  }

  private indices(iteration: number, microBatch: number): Uint32Array {
    const { batch, microBatches } = this.work.training;
    const samples = batch / microBatches;
    return this.order.indices(iteration * batch + microBatch * samples, samples);
  }
}
