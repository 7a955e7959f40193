/**
 * Inception V3 (Szegedy et al., CVPR 2016) as the row of its 94 convolutions and its classifier, with the parameters of
 * each and of its norm, and times in proportion to its operations. Pooling and element-wise layers are in no row.
 */
import type { Model } from '../../scenario.ts';

/** Inputs, outputs, weights an input and output, and the width of what comes out. */
type Row = readonly [inputs: number, outputs: number, kernel: number, side: number];

const CLASSES = 1000;

const STEM: readonly Row[] = [
  [3, 32, 9, 149],
  [32, 32, 9, 147],
  [32, 64, 9, 147],
  [64, 80, 1, 73],
  [80, 192, 9, 71],
];

/** Branches of 1 x 1, 5 x 5, two of 3 x 3, and a pool. */
const mixed35 = (inputs: number, pool: number): Row[] => [
  [inputs, 64, 1, 35],
  [inputs, 48, 1, 35],
  [48, 64, 25, 35],
  [inputs, 64, 1, 35],
  [64, 96, 9, 35],
  [96, 96, 9, 35],
  [inputs, pool, 1, 35],
];

const REDUCE_17: readonly Row[] = [
  [288, 384, 9, 17],
  [288, 64, 1, 35],
  [64, 96, 9, 35],
  [96, 96, 9, 17],
];

/** Branches of 1 x 1, two and four of 7 x 1 and 1 x 7, and a pool. */
const mixed17 = (width: number): Row[] => [
  [768, 192, 1, 17],
  [768, width, 1, 17],
  [width, width, 7, 17],
  [width, 192, 7, 17],
  [768, width, 1, 17],
  [width, width, 7, 17],
  [width, width, 7, 17],
  [width, width, 7, 17],
  [width, 192, 7, 17],
  [768, 192, 1, 17],
];

const REDUCE_8: readonly Row[] = [
  [768, 192, 1, 17],
  [192, 320, 9, 8],
  [768, 192, 1, 17],
  [192, 192, 7, 17],
  [192, 192, 7, 17],
  [192, 192, 9, 8],
];

/** Branches of 1 x 1, 3 x 1 beside 1 x 3, the same behind a 3 x 3, and a pool. */
const mixed8 = (inputs: number): Row[] => [
  [inputs, 320, 1, 8],
  [inputs, 384, 1, 8],
  [384, 384, 3, 8],
  [384, 384, 3, 8],
  [inputs, 448, 1, 8],
  [448, 384, 9, 8],
  [384, 384, 3, 8],
  [384, 384, 3, 8],
  [inputs, 192, 1, 8],
];

const ROWS: readonly Row[] = [
  ...STEM,
  ...[mixed35(192, 32), mixed35(256, 64), mixed35(288, 64)].flat(),
  ...REDUCE_17,
  ...[128, 160, 160, 192].flatMap(mixed17),
  ...REDUCE_8,
  ...[1280, 2048].flatMap(mixed8),
  [2048, CLASSES, 1, 1],
];

/** The row, for a device that does one operation a second. */
export function inceptionV3(): Model {
  const layers = ROWS.map(([inputs, outputs, kernel, side], at) => {
    const isClassifier = at === ROWS.length - 1;
    const operations = 2 * inputs * outputs * kernel * side ** 2;
    return {
      name: `${at} ${isClassifier ? 'linear' : 'conv'}`,
      ...{ forwardSeconds: operations, backwardSeconds: 2 * operations },
      // A bias an output, or a scale and an offset for the norm.
      parameters: inputs * outputs * kernel + (isClassifier ? outputs : 2 * outputs),
      outputElements: outputs * side ** 2,
    };
  });
  return { kind: 'costs', inputElements: 3 * 299 ** 2, referenceSpeed: '1 TFLOP/s', layers };
}
