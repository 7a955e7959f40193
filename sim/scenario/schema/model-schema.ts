/** What a scenario may say of its model. */
import { z } from 'zod';
import { nonNegative, quantity, ranged, text, whole, word } from './fields.ts';
import { FLOPS, MOST_ELEMENTS, MOST_LAYERS } from './ranges.ts';
import type { QuantityParser } from './units.ts';

/** The times that the passes of a layer take for one batch of so many samples. */
function measuredBatch(parse: QuantityParser) {
  return z.strictObject({
    samples: whole(1),
    forward: quantity(parse, 'time', true),
    backward: quantity(parse, 'time', true).optional(),
    inputGradient: quantity(parse, 'time', true).optional(),
    weightGradient: quantity(parse, 'time', true).optional(),
  });
}

function measuredBatches(parse: QuantityParser) {
  return z.array(measuredBatch(parse)).min(1, { error: 'a list of at least one measured batch' });
}

/** A layer of a cost table: its passes cost operations, or take times on a host of the table's `referenceSpeed`. */
function costLayer(parse: QuantityParser) {
  return z.strictObject({
    name: text(),
    forwardFlops: ranged(FLOPS, true).optional(),
    backwardFlops: ranged(FLOPS, true).optional(),
    inputGradientFlops: ranged(FLOPS, true).optional(),
    weightGradientFlops: ranged(FLOPS, true).optional(),
    forwardSeconds: quantity(parse, 'time', true).optional(),
    backwardSeconds: quantity(parse, 'time', true).optional(),
    inputGradientSeconds: quantity(parse, 'time', true).optional(),
    weightGradientSeconds: quantity(parse, 'time', true).optional(),
    times: measuredBatches(parse).optional(),
    parameters: whole(0, MOST_ELEMENTS),
    outputElements: whole(1, MOST_ELEMENTS),
    carryElements: whole(0, MOST_ELEMENTS).optional(),
    keptElements: whole(0, MOST_ELEMENTS).optional(),
    overhead: quantity(parse, 'time', true).optional(),
    splits: whole(1, MOST_LAYERS).optional(),
    repeat: whole(1, MOST_LAYERS).default(1),
  });
}

function bounds() {
  const right = 'a list of at least two bounds, from 0 to the number of layers,';
  return z.array(nonNegative(), { error: right }).min(2, { error: right });
}

function stages() {
  const right = 'a list with the name of the first layer of each stage';
  return z.array(text(), { error: right }).min(1, { error: right });
}

export function modelSchema(parse: QuantityParser) {
  const widths = 'a list of at least two widths, inputs first and outputs last,';
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('mlp'),
      layers: z.array(whole(1), { error: widths }).min(2, { error: widths }),
      activation: word(['relu']).default('relu'),
      times: z.array(measuredBatches(parse)).optional(),
      referenceSpeed: quantity(parse, 'speed', false).optional(),
      bounds: bounds().optional(),
    }),
    z.strictObject({
      kind: z.literal('costs'),
      layers: z.array(costLayer(parse)).min(1, { error: 'a list of at least one layer' }),
      inputElements: whole(1, MOST_ELEMENTS),
      referenceSpeed: quantity(parse, 'speed', false).optional(),
      measuredSamples: whole(1).optional(),
      bounds: bounds().optional(),
      stages: stages().optional(),
    }),
  ]);
}
