/**
 * What all partition methods share: cost and memory of a run of blocks on a node, from prefix sums, and the time of a
 * cut on its link. The first two grow with the run; the searches rely on that.
 */
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import { blockFlops } from '../block-flops.ts';
import type { ModelLine } from '../line.ts';
import { straddles } from '../slice-costs.ts';
import { Extremes } from './extremes.ts';

/** A node, for the partition. */
export interface PartitionNode {
  readonly speedFlopsPerSecond: number;
  /** Fixed time a micro-batch, whatever the node owns. */
  readonly overheadSeconds: number;
  readonly memoryBytes: number;
  /** Of the link to the next node, either way. */
  readonly bandwidthBytesPerSecond: number;
}

/** The least memory of a run: its parameters, and one micro-batch in flight. */
export interface PartitionMemory {
  readonly bytesPerParameter: number;
  readonly elementBytes: number;
  /** Of an element over a cut; as many as in memory where left out. */
  readonly wireElementBytes?: number;
}

export class CutProblem {
  readonly line: ModelLine;
  readonly nodes: readonly PartitionNode[];
  readonly blockCount: number;
  /** Elements over a cut at each bound, both ways; 0 at the ends of the line. */
  readonly cutElements: Float64Array;
  /** Bytes of a micro-batch over a cut at each bound, the larger of the two ways; 0 at the ends of the line. */
  private readonly cutBytes: Float64Array;
  private readonly widestBytes: number;
  private readonly cuts: Extremes;
  /** FLOPs, own overhead and bytes of each block. */
  private readonly singles: Extremes;
  private readonly flopsBefore: Float64Array;
  /** Seconds that layers take for themselves, in all passes of a micro-batch. */
  private readonly overheadBefore: Float64Array;
  private readonly parametersBefore: Float64Array;
  private readonly keptBefore: Float64Array;
  /** Input elements of all layers up to and with that of block k. */
  private readonly inputsThrough: Float64Array;
  private readonly memory: PartitionMemory;
  private readonly samples: number;
  private readonly withinLayers: boolean;

  constructor(request: {
    line: ModelLine;
    samples: number;
    forwardPasses: number;
    nodes: readonly PartitionNode[];
    memory: PartitionMemory;
    withinLayers?: boolean;
  }) {
    const { blocks, layerInputs } = request.line;
    this.line = request.line;
    this.nodes = request.nodes;
    this.memory = request.memory;
    this.samples = request.samples;
    this.withinLayers = request.withinLayers ?? false;
    this.blockCount = blocks.length;
    this.flopsBefore = new Float64Array(blocks.length + 1);
    this.overheadBefore = new Float64Array(blocks.length + 1);
    this.parametersBefore = new Float64Array(blocks.length + 1);
    this.keptBefore = new Float64Array(blocks.length + 1);
    this.inputsThrough = new Float64Array(blocks.length);
    this.cutElements = new Float64Array(blocks.length + 1);
    this.cutBytes = new Float64Array(blocks.length + 1);
    const { elementBytes, wireElementBytes = elementBytes } = request.memory;
    const sampleBytes = request.samples * wireElementBytes;
    for (let bound = 1; bound < blocks.length; bound++) {
      const { forward, backward } = request.line.carryElements(bound - 1);
      this.cutElements[bound] = forward + backward;
      this.cutBytes[bound] = sampleBytes * Math.max(forward, backward) + MESSAGE_HEADER_BYTES;
    }
    this.widestBytes = this.cutBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
    let inputs = 0;
    blocks.forEach((block, k) => {
      const { forward, inputGradient, weightGradient } = blockFlops(block, request.samples);
      const flops = request.forwardPasses * forward + inputGradient + weightGradient;
      this.flopsBefore[k + 1] = this.flopsBefore[k] + flops;
      const overhead = ((request.forwardPasses + 1) * (block.overheadNs ?? 0)) / 1e9;
      this.overheadBefore[k + 1] = this.overheadBefore[k] + overhead;
      this.parametersBefore[k + 1] = this.parametersBefore[k] + block.parameters;
      this.keptBefore[k + 1] = this.keptBefore[k] + block.keptElements;
      if (k === 0 || blocks[k - 1].layer !== block.layer) inputs += layerInputs[block.layer];
      this.inputsThrough[k] = inputs;
    });
    this.cuts = new Extremes([this.cutBytes]);
    this.singles = new Extremes([
      Float64Array.from(blocks, (_, k) => this.flopsBefore[k + 1] - this.flopsBefore[k]),
      Float64Array.from(blocks, (_, k) => this.overheadBefore[k + 1] - this.overheadBefore[k]),
      Float64Array.from(blocks, (_, k) => this.bytes(k, k + 1)),
    ]);
  }

  /** Seconds a micro-batch of blocks [low, high) on that node: overheads + flops / speed. */
  seconds(node: number, low: number, high: number): number {
    const { overheadSeconds, speedFlopsPerSecond } = this.nodes[node];
    const overhead = overheadSeconds + (this.overheadBefore[high] - this.overheadBefore[low]);
    return overhead + (this.flopsBefore[high] - this.flopsBefore[low]) / speedFlopsPerSecond;
  }

  /** Seconds a micro-batch holds the link behind that node if its run ends there; the two ways share nothing. */
  wireSeconds(node: number, bound: number): number {
    return this.cutBytes[bound] / this.nodes[node].bandwidthBytesPerSecond;
  }

  /** The most that any cut can take there. */
  widestWireSeconds(node: number): number {
    return this.widestBytes / this.nodes[node].bandwidthBytesPerSecond;
  }

  /** Bytes blocks [low, high) need: parameters with their gradients and slots, one micro-batch in flight. */
  bytes(low: number, high: number): number {
    const { blocks, layerInputs } = this.line;
    const parameters = this.parametersBefore[high] - this.parametersBefore[low];
    const inputs =
      this.inputsThrough[high - 1] - this.inputsThrough[low] + layerInputs[blocks[low].layer];
    const kept = this.keptBefore[high] - this.keptBefore[low];
    const { bytesPerParameter, elementBytes } = this.memory;
    return bytesPerParameter * parameters + elementBytes * this.samples * (inputs + kept);
  }

  /** Whether a node may have [low, high), whatever its speed and memory. */
  allows(low: number, high: number): boolean {
    return !this.withinLayers || !straddles(this.line, low, high);
  }

  /** Whether that node can take [low, high) within the time and its memory. */
  fits(node: number, low: number, high: number, seconds: number): boolean {
    return (
      this.seconds(node, low, high) <= seconds &&
      this.bytes(low, high) <= this.nodes[node].memoryBytes &&
      this.allows(low, high)
    );
  }

  /** The first block from `from` on, before `end`, that fits that node alone, or (`fits` false) that does not. */
  nextBlock(node: number, from: number, end: number, seconds: number, fits: boolean): number {
    const { overheadSeconds, speedFlopsPerSecond, memoryBytes } = this.nodes[node];
    return this.singles.next(from, end, fits, ([flops, overhead, bytes], k) => {
      if (bytes[k] > memoryBytes) return false;
      return overheadSeconds + overhead[k] + flops[k] / speedFlopsPerSecond <= seconds;
    });
  }

  /** The first bound from `from` on, before `end`, at which a cut holds the node's link no longer, or longer. */
  nextEnd(node: number, from: number, end: number, seconds: number, fits: boolean): number {
    const { bandwidthBytesPerSecond } = this.nodes[node];
    return this.cuts.next(from, end, fits, ([bytes], bound) => {
      return bytes[bound] / bandwidthBytesPerSecond <= seconds;
    });
  }
}
