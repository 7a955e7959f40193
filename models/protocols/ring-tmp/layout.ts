/**
 * Who owns what on the ring, and how far ahead each node may be: all that follows from the records of the MEASURE
 * token. Every node works it out alone and gets the same; nodes that share memory share the result.
 */
import type { ModelLine } from '../../line.ts';
import { partition } from '../../partition/partition.ts';
import { elementBytes, type TrainingSpec } from '../../training.ts';
import { readRecords } from './measurement.ts';
import type { RingOptions } from './options.ts';
import { bytesPerParameter, replicaCount, type Safety } from './safety.ts';
import { segmentCosts, type SegmentCosts } from './segment-costs.ts';
import { windowsOf, type Window } from './window.ts';

/** The work of one position: its segment's costs and its window. */
export interface Share {
  readonly costs: SegmentCosts;
  readonly window: Window;
}

/** What a layout follows from, beside the records. */
export interface LayoutTerms {
  readonly line: ModelLine;
  readonly training: TrainingSpec;
  readonly options: RingOptions;
  readonly safety: Safety;
}

/** Where the line is cut for the nodes of those records: position p owns blocks [bounds[p], bounds[p + 1]). */
export function cutLine(terms: LayoutTerms, token: Float64Array): readonly number[] {
  const { line, training, options, safety } = terms;
  const records = readRecords(token);
  const forwardPasses = options.recompute ? 2 : 1;
  const nodes = records.map((record) => ({
    speedFlopsPerSecond: record.speedFlopsPerSecond,
    overheadSeconds: ((forwardPasses + 1) * record.taskOverheadNs) / 1e9,
    memoryBytes: record.memoryBytes,
  }));
  const { own, replica } = bytesPerParameter(training, safety);
  // The replicas a node keeps are of its predecessors' size, which is not known yet: its own stands for it.
  const replicas = replicaCount(safety, records.length) * replica;
  const memory = { bytesPerParameter: own + replicas, elementBytes: elementBytes(training) };
  const samples = training.batch / training.microBatches;
  const request = { line, samples, forwardPasses, nodes, memory };
  const unlimited = {
    ...request,
    nodes: nodes.map((node) => ({ ...node, memoryBytes: Infinity })),
  };
  // Where no cut fits, the best one regardless of memory runs into the ledger, which says who lacks what.
  return (partition(request) ?? partition(unlimited))!.bounds;
}

/** The share of every position under that cut. */
export function sharesOf(
  { line, training, options, safety }: LayoutTerms,
  token: Float64Array,
  bounds: readonly number[],
): Share[] {
  const records = readRecords(token);
  const segments = records.map((record, p) =>
    segmentCosts(line, training, options.recompute, record, bounds[p], bounds[p + 1]),
  );
  const { own, replica } = bytesPerParameter(training, safety);
  const element = elementBytes(training);
  const kept = replicaCount(safety, records.length);
  const owned = segments.map(({ weightBytes }, p) => {
    let bytes = (weightBytes / element) * own;
    for (let back = 1; back <= kept; back++) {
      const origin = segments[(p - back + segments.length) % segments.length];
      bytes += (origin.weightBytes / element) * replica;
    }
    return bytes;
  });
  const windows = windowsOf(segments, owned, records, options, training.microBatches);
  return segments.map((costs, p) => ({ costs, window: windows[p] }));
}

function equal(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (!Object.is(one[at], other[at])) return false;
  return true;
}

/** Keeps the last result, so that a thousand nodes in one world do not work out a thousand equal ones. */
export class TokenMemo<Result> {
  private token: Float64Array | null = null;
  private bounds: readonly number[] = [];
  private result: Result | null = null;
  private readonly make: (token: Float64Array, bounds: readonly number[]) => Result;

  constructor(make: (token: Float64Array, bounds: readonly number[]) => Result) {
    this.make = make;
  }

  /** What follows from a full token, and a cut where it is given; the token stays the caller's. */
  of(token: Float64Array, bounds: readonly number[] = []): Result {
    const known = this.token !== null && equal(this.token, token) && equal(this.bounds, bounds);
    if (!known) {
      this.result = this.make(token, bounds);
      this.token = token.slice();
      this.bounds = [...bounds];
    }
    return this.result!;
  }
}
