/**
 * The layer kernel in WebAssembly SIMD (assembly/), bit-identical to the plain one. A call costs about as much as 64
 * multiplications in plain TypeScript, so small products have no second path.
 */
import type { LayerKernel } from './layer-kernel.ts';
import { runProduct } from './workspace.ts';

export const simdKernel: LayerKernel = {
  name: 'simd',

  forward(shape, parameters, inputs, outputs) {
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
