/**
 * The layer kernel in WebAssembly SIMD. Tensors stay in ordinary arrays; each product copies its operands into
 * the module's memory, one behind the other, and the result out again. One instance a thread, made at first use.
 */
import { precisionOf, type FloatArray } from '../learning/float-array.ts';
import { KERNEL_BASE64 } from './generated/kernel.ts';
import type { LayerKernel, LayerShape } from './layer-kernel.ts';
import { plainKernel } from './plain.ts';

type Product = (
  first: number,
  second: number,
  result: number,
  panel: number,
  inputs: number,
  neurons: number,
  samples: number,
) => void;

interface Exports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  readonly forward32: Product;
  readonly forward64: Product;
  readonly backwardInputs32: Product;
  readonly backwardInputs64: Product;
  readonly backwardParameters32: Product;
  readonly backwardParameters64: Product;
}

const PAGE_BYTES = 65536;
/** Room behind each operand: whole vectors are loaded where a row ends inside one. */
const ROOM_BYTES = 64;
/** A panel holds four vectors a step of depth, and the transposition writes up to three steps more. */
const PANEL_STEP_BYTES = 64;
/** Multiplications below which the way into WebAssembly and back costs more than it saves. */
const SMALLEST_WORK = 512;

/** The module's memory as elements of one precision, laid out anew for each product. */
class Workspace {
  readonly exports: Exports;
  private readonly base: number;
  private bytes: ArrayBuffer;
  private single: Float32Array<ArrayBuffer>;
  private double: Float64Array<ArrayBuffer>;

  constructor() {
    const text = atob(KERNEL_BASE64);
    const binary = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const module = new WebAssembly.Module(binary);
    const abort = () => {
      throw new Error('the kernel aborted: its operands are not laid out as it expects');
    };
    this.exports = new WebAssembly.Instance(module, { env: { abort } }).exports as Exports;
    this.base = Math.ceil(this.exports.heapBase() / ROOM_BYTES) * ROOM_BYTES;
    this.bytes = this.exports.memory.buffer;
    this.single = new Float32Array(this.bytes);
    this.double = new Float64Array(this.bytes);
  }

  /**
   * Copies the operands in, runs the product and copies the last of them, the result, out. `spare` elements are
   * left free behind the first operand.
   */
  run(
    product: Product,
    shape: LayerShape,
    [first, second, result]: readonly [FloatArray, FloatArray, FloatArray],
    spare: number,
    depth: number,
  ): void {
    const size = first.BYTES_PER_ELEMENT;
    const firstAt = this.base;
    const secondAt = after(firstAt, (first.length + spare) * size);
    const resultAt = after(secondAt, second.length * size);
    const panelAt = after(resultAt, result.length * size);
    this.reserve(panelAt + (depth + 4) * PANEL_STEP_BYTES + ROOM_BYTES);
    const memory = size === 4 ? this.single : this.double;
    memory.set(first, firstAt / size);
    memory.set(second, secondAt / size);
    memory.set(result, resultAt / size);
    product(firstAt, secondAt, resultAt, panelAt, shape.inputs, shape.neurons, shape.samples);
    const at = resultAt / size;
    result.set(memory.subarray(at, at + result.length));
  }

  private reserve(bytes: number): void {
    if (bytes <= this.bytes.byteLength) return;
    this.exports.memory.grow(Math.ceil((bytes - this.bytes.byteLength) / PAGE_BYTES));
    this.bytes = this.exports.memory.buffer;
    this.single = new Float32Array(this.bytes);
    this.double = new Float64Array(this.bytes);
  }
}

/** The next place for an operand behind one of that many bytes. */
function after(place: number, bytes: number): number {
  return Math.ceil((place + bytes) / ROOM_BYTES) * ROOM_BYTES + ROOM_BYTES;
}

let workspace: Workspace | null = null;

function opened(): Workspace {
  workspace ??= new Workspace();
  return workspace;
}

function isSmall({ inputs, neurons, samples }: LayerShape): boolean {
  return inputs * neurons * samples < SMALLEST_WORK;
}

export const simdKernel: LayerKernel = {
  name: 'simd',

  forward(shape, parameters, inputs, outputs) {
    if (isSmall(shape)) return plainKernel.forward(shape, parameters, inputs, outputs);
    const { exports } = opened();
    const product = precisionOf(parameters) === 32 ? exports.forward32 : exports.forward64;
    opened().run(product, shape, [inputs, parameters, outputs], 0, shape.inputs);
  },

  backwardInputs(shape, parameters, outputGradients, inputGradients) {
    if (isSmall(shape))
      return plainKernel.backwardInputs(shape, parameters, outputGradients, inputGradients);
    const { exports } = opened();
    const product =
      precisionOf(parameters) === 32 ? exports.backwardInputs32 : exports.backwardInputs64;
    opened().run(product, shape, [parameters, outputGradients, inputGradients], 0, shape.neurons);
  },

  backwardParameters(shape, inputs, outputGradients, gradients) {
    if (isSmall(shape))
      return plainKernel.backwardParameters(shape, inputs, outputGradients, gradients);
    const { exports } = opened();
    const product =
      precisionOf(gradients) === 32 ? exports.backwardParameters32 : exports.backwardParameters64;
    const spare = shape.samples;
    opened().run(product, shape, [inputs, outputGradients, gradients], spare, shape.samples);
  },
};
