/**
 * Who owns what on the ring, and how far ahead each node may be: all that follows from the records of the MEASURE
 * token. Every node works it out alone and gets the same; nodes that share memory share the result.
 */
import type { ModelLine } from '../../line.ts';
import { partition } from '../../partition/partition.ts';
import { elementBytes, OPTIMIZER_SLOTS, type TrainingSpec } from '../../training.ts';
import { readRecords } from './measurement.ts';
import type { RingOptions } from './options.ts';
import { segmentCosts, type SegmentCosts } from './segment-costs.ts';
import { windowsOf, type Window } from './window.ts';

/** The work of one node: its segment's costs and its window. */
export interface Share {
  readonly costs: SegmentCosts;
  readonly window: Window;
}

/** The share of every node, in ring order. */
export function layOut(
  line: ModelLine,
  training: TrainingSpec,
  options: RingOptions,
  token: Float64Array,
): Share[] {
  const records = readRecords(token);
  const samples = training.batch / training.microBatches;
  const element = elementBytes(training);
  const forwardPasses = options.recompute ? 2 : 1;
  const nodes = records.map((record) => ({
    speedFlopsPerSecond: record.speedFlopsPerSecond,
    overheadSeconds: ((forwardPasses + 1) * record.taskOverheadNs) / 1e9,
    memoryBytes: record.memoryBytes,
  }));
  const bytesPerParameter = element * (2 + OPTIMIZER_SLOTS[training.optimizer.kind]);
  const memory = { bytesPerParameter, elementBytes: element };
  const request = { line, samples, forwardPasses, nodes, memory };
  const unlimited = {
    ...request,
    nodes: nodes.map((node) => ({ ...node, memoryBytes: Infinity })),
  };
  // Where no cut fits, the best one regardless of memory runs into the ledger, which says who lacks what.
  const { bounds } = (partition(request) ?? partition(unlimited))!;
  const segments = records.map((record, node) =>
    segmentCosts(line, training, options.recompute, record, bounds[node], bounds[node + 1]),
  );
  const windows = windowsOf(segments, records, options, training.microBatches);
  return segments.map((costs, node) => ({ costs, window: windows[node] }));
}

function equal(one: Float64Array, other: Float64Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], other[at])) return false;
  return true;
}

/** Keeps the last layout, so that a thousand nodes in one world do not work out a thousand equal ones. */
export class LayoutMemo {
  private token: Float64Array | null = null;
  private shares: Share[] = [];
  private readonly make: (token: Float64Array) => Share[];

  constructor(make: (token: Float64Array) => Share[]) {
    this.make = make;
  }

  /** The shares that follow from a full token; the token stays the caller's. */
  of(token: Float64Array): Share[] {
    if (this.token === null || !equal(this.token, token)) {
      this.shares = this.make(token);
      this.token = token.slice();
    }
    return this.shares;
  }
}
