/** From the training of a scenario to that of a protocol: the bytes of each kind of element. */
import { bytesOf, type ElementBytes, type TrainingSpec } from '../models/spec/training.ts';
import type { ResolvedTraining } from './scenario/resolved.ts';

/**
 * Mixed precision: everything is computed, kept and sent with 16 bits, and the optimizer steps a copy of the weights with 32
 * (Micikevicius et al., ICLR 2018).
 */
const MIXED: ElementBytes = {
  ...{ weights: 2, gradients: 2, optimizer: 4, master: 4 },
  ...{ activations: 2, wire: 2 },
};

export function trainingOf({ precision, bytes, ...training }: ResolvedTraining): TrainingSpec {
  if (precision === 16) return { ...training, precision: 32, bytes: { ...MIXED, ...bytes } };
  if (bytes === undefined) return { ...training, precision };
  return { ...training, precision, bytes: { ...bytesOf({ precision }), ...bytes } };
}
