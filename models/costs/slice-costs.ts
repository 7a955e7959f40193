/** What crosses the cuts of a layer that neighbours share, each with a run of its outputs (PROTOCOLS A.7, relay). */
import type { ModelLine } from './line.ts';

/** Payloads of both ways, in bytes. */
export interface Payloads {
  readonly forward: number;
  readonly backward: number;
}

/** A part of a layer, whose other parts are at the neighbours. */
export interface SliceCosts {
  /** Whether it is the first, and the last, of its layer. */
  readonly opens: boolean;
  readonly closes: boolean;
  /** Whether it is of layer 0, the gradient of whose inputs nobody needs. */
  readonly isFirstLayer: boolean;
  /** What a pass begins with: x from the node before, dy from the node behind; and what it lets those begin with. */
  readonly headIn: Payloads;
  readonly headOut: Payloads;
  /** What completes a pass: y so far from the node before, dX so far from the node behind; and what completes theirs. */
  readonly tailIn: Payloads;
  readonly tailOut: Payloads;
}

/** Whether blocks [low, high) are of more than one layer. */
export function straddles({ blocks }: ModelLine, low: number, high: number): boolean {
  return blocks[low].layer !== blocks[high - 1].layer;
}

/** Of blocks [low, high), which are of one layer; all payloads for one element a sample so many bytes. */
export function sliceCosts(
  line: ModelLine,
  low: number,
  high: number,
  bytesEach: number,
): SliceCosts {
  const { blocks, layerInputs } = line;
  const { layer } = blocks[low];
  let first = low;
  while (first > 0 && blocks[first - 1].layer === layer) first--;
  const opens = low === first;
  const closes = high === blocks.length || blocks[high].layer !== layer;
  const isFirstLayer = layer === 0;
  const inputs = isFirstLayer ? layerInputs[0] : line.carryElements(first - 1).forward;
  const gradients = isFirstLayer ? 0 : inputs;
  const outputs = (bound: number, gone: number, way: keyof Payloads) =>
    bound === blocks.length ? 0 : bytesEach * (line.carryElements(bound - 1)[way] - gone);
  const x = bytesEach * inputs;
  const dx = bytesEach * gradients;
  return {
    ...{ opens, closes, isFirstLayer },
    headIn: {
      forward: x,
      backward: closes ? outputs(high, 0, 'backward') : outputs(high, gradients, 'backward'),
    },
    headOut: {
      forward: closes ? outputs(high, 0, 'forward') : x,
      backward: opens ? dx : outputs(low, gradients, 'backward'),
    },
    tailIn: {
      forward: opens ? 0 : outputs(low, inputs, 'forward'),
      backward: closes ? 0 : dx,
    },
    tailOut: {
      forward: closes ? 0 : outputs(high, inputs, 'forward'),
      backward: opens ? 0 : dx,
    },
  };
}
