/**
 * The intervals between the faults of a repeating rule: draws from a Weibull distribution, given by its mean and
 * shape. Shape 1 is the exponential distribution, larger shapes are wear-out, smaller ones early failures.
 */
import type { RandomStream } from '../world.ts';

/** Lanczos' coefficients for g = 7 and nine terms (Godfrey 2001): good for 15 digits. */
const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** The gamma function, for arguments of 1 and more. */
export function gamma(x: number): number {
  let sum = LANCZOS[0];
  for (let term = 1; term < LANCZOS.length; term++) sum += LANCZOS[term] / (x - 1 + term);
  const base = x - 1 + LANCZOS_G + 0.5;
  return Math.sqrt(2 * Math.PI) * base ** (x - 0.5) * Math.exp(-base) * sum;
}

/** Draws the nanoseconds until the next fault: whole, and at least one. */
export function drawIntervalNs(meanNs: number, shape: number, stream: RandomStream): number {
  const standard = -Math.log1p(-stream.uniform());
  const ns =
    shape === 1 ? meanNs * standard : (meanNs / gamma(1 + 1 / shape)) * standard ** (1 / shape);
  return Math.max(1, Math.ceil(ns));
}
