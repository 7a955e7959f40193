// The layer kernel of ../layer-kernel.ts in SIMD: the three products of a dense layer as one product of matrices
// each. Pointers and shapes come from ../simd.ts, which lays the operands out in this module's memory with 64
// bytes of room behind each.
import { multiply } from './multiply';

/** First byte of memory that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}

// @ts-ignore: decorator
@inline
function forward<T>(x: usize, w: usize, y: usize, panel: usize, width: i32, neurons: i32, samples: i32): void {
  const size = sizeof<T>();
  const row = <usize>(width + 1) * size;
  const across = <usize>samples * size;
  let target = y;
  for (let j = 0; j < neurons; j++) {
    const bias = load<T>(w + <usize>j * row + <usize>width * size);
    for (let s = 0; s < samples; s++) {
      store<T>(target, bias);
      target += size;
    }
  }
  multiply<T>(y, across, w, row, size, x, across, false, panel, neurons, samples, width);
}

/** dz and w are read from the last neuron to the first. */
// @ts-ignore: decorator
@inline
function backwardInputs<T>(
  w: usize, dz: usize, dx: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  const size = sizeof<T>();
  const row = <usize>(width + 1) * size;
  const across = <usize>samples * size;
  const last = <usize>(neurons - 1);
  multiply<T>(
    dx, across, w + last * row, size, 0 - row,
    dz + last * across, 0 - across, false, panel, width, samples, neurons,
  );
}

/** Behind the rows of x there is room for one more: the ones that the biases are multiplied by. */
// @ts-ignore: decorator
@inline
function backwardParameters<T>(
  x: usize, dz: usize, g: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  const size = sizeof<T>();
  const row = <usize>(width + 1) * size;
  const across = <usize>samples * size;
  const ones = x + <usize>width * across;
  for (let s = 0; s < samples; s++) store<T>(ones + <usize>s * size, <T>1);
  multiply<T>(g, row, dz, across, size, x, across, true, panel, neurons, width + 1, samples);
}

export function forward32(x: usize, w: usize, y: usize, panel: usize, width: i32, neurons: i32, samples: i32): void {
  forward<f32>(x, w, y, panel, width, neurons, samples);
}
export function forward64(x: usize, w: usize, y: usize, panel: usize, width: i32, neurons: i32, samples: i32): void {
  forward<f64>(x, w, y, panel, width, neurons, samples);
}
export function backwardInputs32(
  w: usize, dz: usize, dx: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  backwardInputs<f32>(w, dz, dx, panel, width, neurons, samples);
}
export function backwardInputs64(
  w: usize, dz: usize, dx: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  backwardInputs<f64>(w, dz, dx, panel, width, neurons, samples);
}
export function backwardParameters32(
  x: usize, dz: usize, g: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  backwardParameters<f32>(x, dz, g, panel, width, neurons, samples);
}
export function backwardParameters64(
  x: usize, dz: usize, g: usize, panel: usize, width: i32, neurons: i32, samples: i32,
): void {
  backwardParameters<f64>(x, dz, g, panel, width, neurons, samples);
}
