/**
 * How large and how small the numbers of a scenario, and of a file of flows, may be: said once, for every field of a
 * kind. Beyond them doubles lose count, and nothing that anybody builds is near.
 */
import { END_NS } from '../../../engine/kernel.ts';
import type { Dimension } from './units.ts';

export interface Range {
  readonly least: number;
  readonly most: number;
  /** The same in words, after "a number of seconds," and the like. */
  readonly words: string;
}

/** From a byte in thirty years to more than all of the world's machines do. */
const RATE: Range = { least: 1e-9, most: 1e24, words: 'from 1e-9 to 1e+24' };
const BYTES: Range = { least: 0, most: 2 ** 53, words: 'up to 2^53' };

/** Of each quantity, in its SI unit. Modelled time ends at the last of them. */
export const RANGES: Readonly<Record<Dimension, Range>> = {
  time: { least: 0, most: END_NS / 1e9, words: 'up to 104 days' },
  bandwidth: RATE,
  speed: RATE,
  memory: BYTES,
};

/** Of operations at a time. */
export const FLOPS: Range = { least: 0, most: 1e24, words: 'up to 1e+24' };
/** Of bytes at a time. */
export { BYTES };

/** Of whatever is counted, where nothing else is said. */
export const MOST_COUNT = 1e9;
/** Of parameters, and of outputs, of a layer. */
export const MOST_ELEMENTS = 1e12;
/** Of layers, repeated ones included. */
export const MOST_LAYERS = 100_000;
/** Of values in a list, such as all nodes: ten times as many faults or flows fill a heap before they are refused. */
export const MOST_VALUES = 1_000_000;
