/**
 * The kinds of fields in a scenario. Each carries the words for what would be right, which end messages about bad
 * input; see explain.ts.
 */
import { z } from 'zod';
import { hasControls } from '../../plain-text.ts';
import { oneOf } from '../show.ts';
import { MOST_COUNT, RANGES, type Range } from './ranges.ts';
import { DIMENSIONS, type Dimension, type QuantityParser } from './units.ts';

/** A whole number from `low` to `high`. The general limit of counts is only mentioned to those who exceed it. */
export function whole(low: number, high: number = MOST_COUNT): z.ZodInt {
  const bounded = `a whole number from ${low} to ${high}`;
  const right = high >= MOST_COUNT ? `a whole number from ${low}` : bounded;
  return z.int({ error: right }).min(low, { error: right }).max(high, { error: bounded });
}

/** A finite number greater than 0. */
export function positive(): z.ZodNumber {
  const right = 'a number greater than 0';
  return z.number({ error: right }).positive({ error: right });
}

/** A finite number of at least 0. */
export function nonNegative(): z.ZodNumber {
  const right = 'a number of at least 0';
  return z.number({ error: right }).min(0, { error: right });
}

/** A finite number of at least `low`. */
export function atLeast(low: number): z.ZodNumber {
  const right = `a number of at least ${low}`;
  return z.number({ error: right }).min(low, { error: right });
}

/** A number from 0 to 1; `below` leaves out 1 itself. */
export function fraction(below: boolean = false): z.ZodNumber {
  const right = below ? 'a number from 0 up to, but not including, 1' : 'a number from 0 to 1';
  const number = z.number({ error: right }).min(0, { error: right });
  return below ? number.lt(1, { error: right }) : number.max(1, { error: right });
}

/** A part of something: above 0, and at most 1. */
export function share(): z.ZodNumber {
  const right = 'a number greater than 0 and at most 1';
  return z.number({ error: right }).positive({ error: right }).max(1, { error: right });
}

/** A non-empty text without control characters. */
export function text(): z.ZodString {
  const right = 'a text';
  return z
    .string({ error: right })
    .min(1, { error: right })
    .refine((given) => !hasControls(given), { error: 'a text without control characters' });
}

/** One of these words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: oneOf(words) });
}

/** A number in that range; `zero`: 0 is allowed. */
export function ranged({ least, most, words }: Range, zero: boolean): z.ZodNumber {
  const error = `a number ${words}`;
  const number = zero ? nonNegative() : positive();
  return number.min(least, { error }).max(most, { error });
}

/**
 * A quantity: a string with its unit, or a plain number in the SI unit; becomes the plain number. `zero` says
 * whether 0 makes sense, `most` is the end of its range.
 */
export function quantity(
  parse: QuantityParser,
  dimension: Dimension,
  zero: boolean,
  most: number = RANGES[dimension].most,
) {
  const { unit, example } = DIMENSIONS[dimension];
  const { least, words } = RANGES[dimension];
  return z
    .union([z.string(), z.number()], { error: `${example} ${signWords(zero)}` })
    .transform((given, context): number => {
      const value = typeof given === 'string' ? parse(given, dimension) : given;
      const fault = typeof value === 'string' ? value : null;
      const isSigned = typeof value === 'number' && (zero ? value >= 0 : value > 0);
      if (isSigned && Number.isFinite(value) && value >= least && value <= most) return value;
      const message = `${example} ${isSigned ? words : signWords(zero)}`;
      context.addIssue({ code: 'custom', message, params: { fault }, input: given });
      return z.NEVER;
    })
    .describe(`A string with its unit, or a number in ${unit}.`);
}

function signWords(zero: boolean): string {
  return zero ? 'not below 0' : 'greater than 0';
}
