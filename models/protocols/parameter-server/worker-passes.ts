/**
 * The jobs that make the gradient of a share where a worker adds up micro-batches, or pushes buckets of parameters while the
 * backward pass goes on: the last micro-batch completes the gradient, a bucket after the other.
 */
import { type Bucket, bucketsOf, type Pass, passesOf } from '../../costs/buckets.ts';
import type { ModelLine } from '../../costs/line.ts';
import { type Share, shareOf } from '../../learning/shares.ts';

export interface WorkerPass extends Pass {
  readonly samples: number;
  /** Parameters whose gradient is complete once it has ended. */
  readonly ready: Share | null;
}

export interface WorkerPasses {
  /** The worker makes a step of its own after each, before it computes the next. */
  readonly steps: boolean;
  /** Of a share of so many samples. */
  of(samples: number): readonly WorkerPass[];
}

/** Null where the gradient of a share is one job. `leastElements`: of a bucket; Infinity: all in one. */
export function workerPasses(
  line: ModelLine,
  accumulate: number,
  leastElements: number,
  steps: boolean,
): WorkerPasses | null {
  if (accumulate === 1 && leastElements === Infinity) return null;
  const buckets = bucketsOf(line, leastElements);
  const whole = bucketsOf(line, Infinity);
  const known = new Map<number, readonly WorkerPass[]>();
  const pass = (samples: number, some: readonly Bucket[], isLast: boolean): WorkerPass[] =>
    passesOf(line, some, samples).map((one, at) => {
      const { low, high } = some[at].elements;
      const ready = isLast ? { low, high: Math.min(high, line.parameters) } : null;
      return { ...one, samples, ready };
    });
  const all = (samples: number) => {
    const parts = Math.min(accumulate, samples);
    return Array.from({ length: parts }, (_, part) => {
      const { low, high } = shareOf(samples, parts, part);
      const isLast = part === parts - 1;
      return pass(high - low, isLast ? buckets : whole, isLast);
    }).flat();
  };
  return {
    steps,
    of(samples) {
      let passes = known.get(samples);
      if (passes === undefined) known.set(samples, (passes = all(samples)));
      return passes;
    },
  };
}
