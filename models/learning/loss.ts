/** Softmax cross-entropy, sample by sample, so that micro-batches give the same bits as the whole batch. */
import { allocate, precisionOf, round, type FloatArray } from './float-array.ts';

/**
 * `logits` are [classes][samples], `labels` a class a sample. `gradient` has their shape: softmax - onehot,
 * rounded step by step, summed over the batch, not averaged (the update divides). `lossSum` is the sum of the
 * samples' losses in natural units, in float64.
 */
export function softmaxCrossEntropy(
  logits: FloatArray,
  classes: number,
  samples: number,
  labels: Uint8Array,
): { lossSum: number; gradient: FloatArray } {
  if (logits.length !== classes * samples || labels.length !== samples)
    throw new RangeError(
      `loss of ${samples} samples in ${classes} classes: found ${logits.length} logits and ${labels.length} ` +
        `labels, ${classes * samples} and ${samples} would be right`,
    );
  const precision = precisionOf(logits);
  const single = precision === 32;
  const gradient = allocate(precision, logits.length);
  let lossSum = 0;
  for (let s = 0; s < samples; s++) {
    let greatest = -Infinity;
    for (let k = s; k < logits.length; k += samples) if (logits[k] > greatest) greatest = logits[k];
    let sum = 0;
    for (let k = s; k < logits.length; k += samples) {
      const power = round(single, Math.exp(round(single, logits[k] - greatest)));
      gradient[k] = power;
      sum = round(single, sum + power);
    }
    for (let k = s; k < logits.length; k += samples) gradient[k] /= sum;
    const right = labels[s] * samples + s;
    gradient[right] -= 1;
    lossSum += Math.log(sum) - (logits[right] - greatest);
  }
  return { lossSum, gradient };
}
