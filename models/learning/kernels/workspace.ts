/**
 * The compiled kernel with its memory. Tensors stay in ordinary arrays: a product copies its operands in, one after
 * the other, and its result out. It knows memory, not what the products mean.
 */
import type { FloatArray } from '../float-array.ts';
import { KERNEL_BASE64 } from './generated/kernel.ts';
import type { LayerShape } from './layer-kernel.ts';

type Product = (
  first: number,
  second: number,
  result: number,
  panel: number,
  inputs: number,
  neurons: number,
  samples: number,
) => void;

type ProductName = 'forward' | 'backwardInputs' | 'backwardParameters';

type Exports = Record<`${ProductName}${32 | 64}`, Product> & { heapBase(): number };

interface Operands {
  readonly first: FloatArray;
  readonly second: FloatArray;
  readonly result: FloatArray;
  /** False if the result's old values are not read. */
  readonly adds: boolean;
  /** Free elements after the first operand, for the product to write. */
  readonly spare: number;
  /** Terms of each sum. */
  readonly depth: number;
}

const PAGE_BYTES = 65536;
const FIRST_PAGES = 16;
const MOST_PAGES = 65536;
/** Room after each operand: whole vectors are loaded where a row ends inside one. */
const ROOM_BYTES = 64;
/** A panel holds four vectors a term, and the transposition writes up to three terms more. */
const PANEL_TERM_BYTES = 64;

let module: WebAssembly.Module | null = null;
let current: Workspace | null = null;

function compiled(): WebAssembly.Module {
  module ??= new WebAssembly.Module(
    Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0)),
  );
  return module;
}

/** The next aligned place after an operand of that many bytes. */
function after(place: number, bytes: number): number {
  return Math.ceil((place + bytes) / ROOM_BYTES) * ROOM_BYTES + ROOM_BYTES;
}

class Workspace {
  readonly exports: Exports;
  readonly base: number;
  readonly byteLength: number;
  readonly single: Float32Array<ArrayBuffer>;
  readonly double: Float64Array<ArrayBuffer>;

  constructor(pages: number) {
    const memory = new WebAssembly.Memory({ initial: pages });
    const abort = () => {
      throw new Error('the kernel aborted: its operands are not laid out as it expects');
    };
    const instance = new WebAssembly.Instance(compiled(), { env: { memory, abort } });
    this.exports = instance.exports as Exports;
    this.base = Math.ceil(this.exports.heapBase() / ROOM_BYTES) * ROOM_BYTES;
    this.byteLength = memory.buffer.byteLength;
    this.single = new Float32Array(memory.buffer);
    this.double = new Float64Array(memory.buffer);
  }
}

/**
 * The thread's workspace, with room for so many bytes. A larger product gets a new instance with twice the room:
 * growing a memory would detach its buffer, and then V8 slows down loops over any typed array of the thread.
 */
function opened(bytes: number): Workspace {
  if (current !== null && bytes <= current.byteLength) return current;
  let pages = FIRST_PAGES;
  while (pages * PAGE_BYTES < bytes) pages *= 2;
  if (pages > MOST_PAGES)
    throw new RangeError(
      `a product over ${bytes} bytes of one layer: at most ${MOST_PAGES * PAGE_BYTES} bytes would be right`,
    );
  current = new Workspace(pages);
  return current;
}

/** Runs the product; its result is written back to the operand. */
export function runProduct(name: ProductName, shape: LayerShape, operands: Operands): void {
  const { first, second, result } = operands;
  const size = result.BYTES_PER_ELEMENT;
  const base = current?.base ?? 0;
  const secondAt = after(base, (first.length + operands.spare) * size);
  const resultAt = after(secondAt, second.length * size);
  const panelAt = after(resultAt, result.length * size);
  const space = opened(panelAt + (operands.depth + 4) * PANEL_TERM_BYTES);
  if (space.base !== base) return runProduct(name, shape, operands);
  const memory = size === 4 ? space.single : space.double;
  memory.set(first, base / size);
  memory.set(second, secondAt / size);
  if (operands.adds) memory.set(result, resultAt / size);
  const product = size === 4 ? space.exports[`${name}32`] : space.exports[`${name}64`];
  product(base, secondAt, resultAt, panelAt, shape.inputs, shape.neurons, shape.samples);
  result.set(memory.subarray(resultAt / size, resultAt / size + result.length));
}
