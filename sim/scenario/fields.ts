/**
 * The kinds of field a scenario has. Each carries the words for what would be right, which messages about bad
 * input end with; the translation is in explain.ts.
 */
import { z } from 'zod';
import { hasControls } from '../plain-text.ts';
import { DIMENSIONS, type Dimension, type QuantityParser } from './units.ts';

/** A whole number from `low` to `high`. */
export function whole(low: number, high: number = Number.MAX_SAFE_INTEGER): z.ZodInt {
  const right =
    high === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${low}`
      : `a whole number from ${low} to ${high}`;
  return z.int({ error: right }).min(low, { error: right }).max(high, { error: right });
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

/** A text that is not empty and holds nothing that a terminal would obey. */
export function text(): z.ZodString {
  const right = 'a text';
  return z
    .string({ error: right })
    .min(1, { error: right })
    .refine((given) => !hasControls(given), { error: 'a text without control characters' });
}

/**
 * A quantity: a string with its unit, or a plain number in the SI unit; becomes the plain number. `zero` says
 * whether 0 makes sense.
 */
export function quantity(parse: QuantityParser, dimension: Dimension, zero: boolean) {
  const { unit, example } = DIMENSIONS[dimension];
  const right = `${example} ${zero ? 'not below' : 'greater than'} 0`;
  return z
    .union([z.string(), z.number()], { error: right })
    .transform((given, context): number => {
      const value = typeof given === 'string' ? parse(given, dimension) : given;
      const fault = typeof value === 'string' ? value : null;
      if (typeof value === 'number' && Number.isFinite(value) && (zero ? value >= 0 : value > 0))
        return value;
      context.addIssue({ code: 'custom', message: right, params: { fault }, input: given });
      return z.NEVER;
    })
    .describe(`A string with its unit, or a number in ${unit}.`);
}
