/**
 * The ranges of numbers in a scenario or a file of flows, defined once for every field of a kind. Beyond them doubles
 * lose exactness, and nothing real is near.
 */
import { END_NS } from '../../../engine/kernel.ts';
import type { Dimension } from './units.ts';

export interface Range {
  readonly least: number;
  readonly most: number;
  /** The same in words, after "a number of seconds," and the like. */
  readonly words: string;
}

/** From a byte in thirty years to more than all machines of the world do. */
const RATE: Range = { least: 1e-9, most: 1e24, words: 'from 1e-9 to 1e+24' };
const BYTES: Range = { least: 0, most: 2 ** 53, words: 'up to 2^53' };

/** The range of each quantity in its SI unit. Modelled time ends at the limit of times. */
export const RANGES: Readonly<Record<Dimension, Range>> = {
  time: { least: 0, most: END_NS / 1e9, words: 'up to 104 days' },
  bandwidth: RATE,
  speed: RATE,
  memory: BYTES,
};

/** Operations of one field. */
export const FLOPS: Range = { least: 0, most: 1e24, words: 'up to 1e+24' };
/** Bytes of one field. */
export { BYTES };

/** The general limit of counts. */
export const MOST_COUNT = 1e9;
/** Parameters, and outputs, of a layer. */
export const MOST_ELEMENTS = 1e12;
/** Layers, repeated ones included. */
export const MOST_LAYERS = 100_000;
/**
 * Values in a list, such as all nodes: ten times as many faults or flows would fill the heap before they are refused.
 */
export const MOST_VALUES = 1_000_000;
