/** From the model of a scenario to that of a protocol: layers written out, and times as operations. */
import type { BatchFlops, CostLayer, ModelSpec } from '../models/spec/model.ts';
import { nanoseconds } from './nanoseconds.ts';
import { boundsOf } from './scenario/cuts.ts';
import type { ResolvedModel } from './scenario/resolved.ts';

type Mlp = Extract<ResolvedModel, { kind: 'mlp' }>;
type CostTable = Extract<ResolvedModel, { kind: 'costs' }>;
type TableLayer = CostTable['layers'][number];
type MeasuredBatch = NonNullable<TableLayer['times']>[number];

/** A layer repeated is numbered from 1. A time costs what a host of `referenceSpeed` does in it. */
export function modelOf(model: ResolvedModel): ModelSpec {
  if (model.kind === 'mlp') return mlpOf(model);
  const layers = model.layers.flatMap((layer) => {
    const one = costLayer(layer, model.referenceSpeed ?? 0);
    if (layer.repeat === 1) return [one];
    return Array.from({ length: layer.repeat }, (_, copy) => ({
      ...one,
      name: `${layer.name} ${copy + 1}`,
    }));
  });
  return { kind: 'costs', layers, inputElements: model.inputElements, bounds: boundsOf(model) };
}

function mlpOf({ times, referenceSpeed = 0, ...model }: Mlp): ModelSpec {
  if (times === undefined) return model;
  return { ...model, measured: times.map((rows) => measuredOf(rows, referenceSpeed)) };
}

/** In order of samples. */
function measuredOf(rows: readonly MeasuredBatch[], referenceSpeed: number): BatchFlops[] {
  return rows
    .map((row) => batchFlops(row, referenceSpeed))
    .sort((one, other) => one.samples - other.samples);
}

function costLayer(layer: TableLayer, referenceSpeed: number): CostLayer {
  const { name, parameters, outputElements, carryElements, keptElements, splits } = layer;
  const overheadNs = layer.overhead === undefined ? undefined : nanoseconds(layer.overhead);
  const size = {
    name,
    parameters,
    outputElements,
    carryElements,
    keptElements,
    overheadNs,
    splits,
  };
  if (layer.times === undefined) return { ...size, ...sampleFlops(layer, referenceSpeed) };
  const measured = measuredOf(layer.times, referenceSpeed);
  const { samples, forward, inputGradient, weightGradient } = measured[measured.length - 1];
  return {
    ...size,
    measured,
    forwardFlops: forward / samples,
    backwardFlops: (inputGradient + weightGradient) / samples,
  };
}

/** The operations of a sample. */
function sampleFlops(layer: TableLayer, referenceSpeed: number) {
  const { forwardFlops } = layer;
  if (forwardFlops !== undefined) {
    const { backwardFlops, inputGradientFlops, weightGradientFlops } = layer;
    return {
      forwardFlops,
      backwardFlops: backwardFlops ?? inputGradientFlops! + weightGradientFlops!,
      weightGradientFlops,
    };
  }
  const { forwardSeconds, backwardSeconds, inputGradientSeconds, weightGradientSeconds } = layer;
  const weightGradient = weightGradientSeconds && weightGradientSeconds * referenceSpeed;
  return {
    forwardFlops: forwardSeconds! * referenceSpeed,
    backwardFlops:
      backwardSeconds === undefined
        ? inputGradientSeconds! * referenceSpeed + weightGradient!
        : backwardSeconds * referenceSpeed,
    weightGradientFlops: weightGradient,
  };
}

/** The operations of a measured batch; a backward pass that was measured as one has equal halves. */
function batchFlops(row: MeasuredBatch, referenceSpeed: number): BatchFlops {
  const { samples, forward, backward = 0 } = row;
  const { inputGradient = backward / 2, weightGradient = backward / 2 } = row;
  return {
    samples,
    forward: forward * referenceSpeed,
    inputGradient: inputGradient * referenceSpeed,
    weightGradient: weightGradient * referenceSpeed,
  };
}
