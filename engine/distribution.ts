/**
 * Distributions that chance is drawn from, each as a factor on a cost. Every draw takes its bits from the stream
 * given and from nothing else.
 */
import type { RandomStream } from './world.ts';

export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** Draws below 0 count as 0. */
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  /** `mean` and `deviation` are those of the factor itself, not of its logarithm. */
  | { readonly kind: 'log-normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** Heavy tail: P(x > t) = (minimum / t) ** shape. */
  | { readonly kind: 'pareto'; readonly minimum: number; readonly shape: number };

/** Draws one number, 0 or more. */
export function sample(distribution: Distribution, stream: RandomStream): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.low + (distribution.high - distribution.low) * stream.uniform();
    case 'normal':
      return Math.max(0, distribution.mean + distribution.deviation * standardNormal(stream));
    case 'log-normal': {
      const variance = Math.log1p((distribution.deviation / distribution.mean) ** 2);
      const location = Math.log(distribution.mean) - variance / 2;
      return Math.exp(location + Math.sqrt(variance) * standardNormal(stream));
    }
    case 'exponential':
      return -distribution.mean * Math.log1p(-stream.uniform());
    case 'pareto':
      return distribution.minimum * (1 - stream.uniform()) ** (-1 / distribution.shape);
  }
}

/** Box-Muller transform. The second number is not kept, so that a draw has no memory. */
function standardNormal(stream: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log1p(-stream.uniform()));
  return radius * Math.cos(2 * Math.PI * stream.uniform());
}
