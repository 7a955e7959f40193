/**
 * The layer kernel in WebAssembly SIMD (assembly/), several times as fast as the plain one and with its bits.
 * Products too small to be worth the copies go the plain way.
 */
import type { LayerKernel, LayerShape } from './layer-kernel.ts';
import { plainKernel } from './plain.ts';
import { runProduct } from './workspace.ts';

/** Multiplications below which the way into WebAssembly and back costs more than it saves. */
const SMALLEST_WORK = 512;

function isSmall({ inputs, neurons, samples }: LayerShape): boolean {
  return inputs * neurons * samples < SMALLEST_WORK;
}

export const simdKernel: LayerKernel = {
  name: 'simd',

  forward(shape, parameters, inputs, outputs) {
    if (isSmall(shape)) return plainKernel.forward(shape, parameters, inputs, outputs);
    runProduct('forward', shape, {
      first: inputs,
      second: parameters,
      result: outputs,
      adds: false,
      spare: 0,
      depth: shape.inputs,
    });
  },

  backwardInputs(shape, parameters, outputGradients, inputGradients) {
    if (isSmall(shape))
      return plainKernel.backwardInputs(shape, parameters, outputGradients, inputGradients);
    runProduct('backwardInputs', shape, {
      first: parameters,
      second: outputGradients,
      result: inputGradients,
      adds: true,
      spare: 0,
      depth: shape.neurons,
    });
  },

  backwardParameters(shape, inputs, outputGradients, gradients) {
    if (isSmall(shape))
      return plainKernel.backwardParameters(shape, inputs, outputGradients, gradients);
    runProduct('backwardParameters', shape, {
      first: inputs,
      second: outputGradients,
      result: gradients,
      adds: true,
      spare: shape.samples,
      depth: shape.samples,
    });
  },
};
