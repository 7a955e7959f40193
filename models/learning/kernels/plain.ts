/**
 * The layer kernel in plain TypeScript: the oracle for the fast one. The order of the loops is the order of the sums;
 * the stores into the arrays round them.
 */
import { precisionOf } from '../float-array.ts';
import type { LayerKernel } from './layer-kernel.ts';

export const plainKernel: LayerKernel = {
  name: 'plain',

  forward({ inputs: width, neurons, samples }, parameters, inputs, outputs) {
    const single = precisionOf(parameters) === 32;
    for (let j = 0; j < neurons; j++) {
      const row = j * (width + 1);
      const target = j * samples;
      outputs.fill(parameters[row + width], target, target + samples);
      for (let i = 0; i < width; i++) {
        const weight = parameters[row + i];
        const source = i * samples;
        for (let s = 0; s < samples; s++) {
          const product = inputs[source + s] * weight;
          outputs[target + s] += single ? Math.fround(product) : product;
        }
      }
    }
  },

  backwardInputs({ inputs: width, neurons, samples }, parameters, outputGradients, inputGradients) {
    const single = precisionOf(parameters) === 32;
    for (let j = neurons - 1; j >= 0; j--) {
      const row = j * (width + 1);
      const source = j * samples;
      for (let i = 0; i < width; i++) {
        const weight = parameters[row + i];
        const target = i * samples;
        for (let s = 0; s < samples; s++) {
          const product = outputGradients[source + s] * weight;
          inputGradients[target + s] += single ? Math.fround(product) : product;
        }
      }
    }
  },

  backwardParameters({ inputs: width, neurons, samples }, inputs, outputGradients, gradients) {
    const single = precisionOf(gradients) === 32;
    for (let j = 0; j < neurons; j++) {
      const row = j * (width + 1);
      const source = j * samples;
      for (let i = 0; i < width; i++) {
        let sum = gradients[row + i];
        for (let s = 0; s < samples; s++) {
          const product = outputGradients[source + s] * inputs[i * samples + s];
          sum = single ? Math.fround(sum + Math.fround(product)) : sum + product;
        }
        gradients[row + i] = sum;
      }
      for (let s = 0; s < samples; s++) gradients[row + width] += outputGradients[source + s];
    }
  },
};
