/**
 * ResNet-101 (He et al., CVPR 2016) as the row of 370 modules that torchgpipe cuts, with what a roofline gives for each:
 * convolutions by their operations, all else by the bytes that it reads and writes.
 */
import type { Model } from '../../scenario.ts';

type Layer = Extract<Model, { kind: 'costs' }>['layers'][number];

export interface Device {
  /** FLOP/s that convolutions reach. */
  readonly flops: number;
  /** Bytes a second of its memory. */
  readonly memory: number;
}

const IMAGE = 224;
const CLASSES = 1000;
const BLOCKS = [3, 4, 23, 3];
const ELEMENT_BYTES = 4;
/** Elements that pass through memory for each element of the output, forward and backward. */
const PASSES = {
  norm: [3, 5],
  relu: [2, 3],
  add: [3, 1],
  none: [0, 0],
} as const;

class Row {
  readonly layers: Layer[] = [];
  /** Elements that wait for the end of a block. */
  waiting = 0;
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
  }

  private push(name: string, elements: number, parameters: number, seconds: number[]): void {
    this.layers.push({
      ...{ name: `${this.layers.length} ${name}`, parameters, outputElements: elements },
      ...{ carryElements: elements + this.waiting, keptElements: elements },
      ...{ forwardSeconds: seconds[0], backwardSeconds: seconds[1] },
    });
  }

  convolution(name: string, inputs: number, outputs: number, kernel: number, side: number): void {
    const weights = inputs * outputs * kernel ** 2;
    const seconds = (2 * weights * side ** 2) / this.device.flops;
    const bias = name === 'linear' ? outputs : 0;
    this.push(name, outputs * side ** 2, weights + bias, [seconds, 2 * seconds]);
  }

  other(name: keyof typeof PASSES, channels: number, side: number, more: number[] = [0, 0]): void {
    const elements = channels * side ** 2;
    const seconds = PASSES[name].map(
      (passes, at) => (passes * elements * ELEMENT_BYTES) / this.device.memory + more[at],
    );
    this.push(name, elements, name === 'norm' ? 2 * channels : 0, seconds);
  }

  /** What the shortcut of a block that changes its shape costs: a convolution and a norm. */
  shortcut(inputs: number, outputs: number, side: number): number[] {
    const convolution = (2 * inputs * outputs * side ** 2) / this.device.flops;
    const bytes = outputs * side ** 2 * ELEMENT_BYTES;
    return [0, 1].map(
      (at) => (at + 1) * convolution + (PASSES.norm[at] * bytes) / this.device.memory,
    );
  }
}

/** The row on that device; times are those of a sample. */
export function resNet101(device: Device): Model {
  const row = new Row(device);
  row.convolution('conv', 3, 64, 7, IMAGE / 2);
  row.other('norm', 64, IMAGE / 2);
  row.other('relu', 64, IMAGE / 2);
  row.other('relu', 64, IMAGE / 4);
  let inputs = 64;
  for (const [group, count] of BLOCKS.entries())
    for (let block = 0; block < count; block++) {
      const width = 64 * 2 ** group;
      const side = IMAGE / 4 / 2 ** group;
      const before = block === 0 && group > 0 ? 2 * side : side;
      row.other('none', inputs, before);
      row.waiting = inputs * before ** 2;
      row.convolution('conv', inputs, width, 1, before);
      row.other('norm', width, before);
      row.other('relu', width, before);
      row.convolution('conv', width, width, 3, side);
      row.other('norm', width, side);
      row.other('relu', width, side);
      row.convolution('conv', width, 4 * width, 1, side);
      row.other('norm', 4 * width, side);
      const shortcut = block === 0 ? row.shortcut(inputs, 4 * width, side) : undefined;
      row.waiting = 0;
      row.other('add', 4 * width, side, shortcut);
      if (shortcut) row.layers[row.layers.length - 1].parameters = 4 * width * (inputs + 2);
      row.other('relu', 4 * width, side);
      inputs = 4 * width;
    }
  row.other('relu', inputs, 1);
  row.other('none', inputs, 1);
  row.convolution('linear', inputs, CLASSES, 1, 1);
  return {
    ...{ kind: 'costs', inputElements: 3 * IMAGE ** 2, referenceSpeed: '1 TFLOP/s' },
    layers: row.layers,
  };
}
