/**
 * The cost and window of each stage, computed from the records of the hosts. Every node computes the same by itself;
 * nodes that share memory share the result.
 */
import { MESSAGE_HEADER_BYTES } from '../../engine/world.ts';
import type { ModelLine } from '../costs/line.ts';
import { partition } from '../costs/partition/partition.ts';
import { bytesOf, type TrainingSpec } from '../spec/training.ts';
import type { Mode } from './modes/mode.ts';
import { secondForwards } from './recompute.ts';
import { readRecords } from '../costs/node-records.ts';
import { bytesPerParameter, replicaCount, type Safety } from '../replication/safety.ts';
import { segmentCosts, type SegmentCosts } from '../costs/segment-costs.ts';
import { windowsOf, type Window, type WindowOptions } from './window.ts';

/** The costs and the window of one stage. */
export interface Share {
  readonly costs: SegmentCosts;
  readonly window: Window;
}

/** What a layout depends on, beside the records. */
export interface LayoutTerms {
  readonly line: ModelLine;
  readonly training: TrainingSpec;
  readonly window: WindowOptions;
  readonly safety: Safety;
  readonly mode: Mode;
  /** Whether neighbours share layers, and do their parts at the same time. */
  readonly relays?: boolean;
}

/**
 * Where the line is cut for the nodes of those records: position p owns blocks [bounds[p], bounds[p + 1]). A cut made by
 * hand holds for as many stages as it has: fewer nodes after a repair cut anew.
 */
export function cutLine(terms: LayoutTerms, token: Float64Array): readonly number[] {
  const { line, training, window, safety, mode, relays: withinLayers } = terms;
  const records = readRecords(token);
  if (line.bounds?.length === records.length + 1) return line.bounds;
  const forwardPasses = 1 + secondForwards(window.recompute, training.microBatches);
  const nodes = records.map((record) => ({
    speedFlopsPerSecond: record.speedFlopsPerSecond,
    overheadSeconds: ((forwardPasses + 1) * record.taskOverheadNs) / 1e9,
    memoryBytes: record.memoryBytes,
    bandwidthBytesPerSecond: record.bandwidthBytesPerSecond,
  }));
  const { own, replica } = bytesPerParameter(training, safety, mode.delays);
  // A node's replicas have its predecessors' size, which is not known yet: its own size stands for it.
  const replicas = replicaCount(safety, records.length) * replica;
  const { activations: elementBytes, wire: wireElementBytes } = bytesOf(training);
  const memory = { bytesPerParameter: own + replicas, elementBytes, wireElementBytes };
  const samples = training.batch / training.microBatches;
  const request = { line, samples, forwardPasses, nodes, memory, withinLayers };
  const unlimited = {
    ...request,
    nodes: nodes.map((node) => ({ ...node, memoryBytes: Infinity })),
  };
  // Where no cut fits, the best one regardless of memory overflows the ledger, which says what is missing.
  return (partition(request) ?? partition(unlimited))!.bounds;
}

/** What the slowest node or link of that cut takes for a micro-batch. */
export function periodNs(
  terms: LayoutTerms,
  token: Float64Array,
  bounds: readonly number[],
): number {
  const records = readRecords(token);
  let longestNs = 0;
  for (const [p, { costs }] of sharesOf(terms, token, bounds).entries()) {
    const { carryOut, forwardNs, backwardNs } = costs;
    const isLast = p === records.length - 1;
    const bytes = isLast ? 0 : MESSAGE_HEADER_BYTES + Math.max(carryOut.forward, carryOut.backward);
    const wireNs = (1e9 * bytes) / records[p].bandwidthBytesPerSecond;
    longestNs = Math.max(longestNs, forwardNs + backwardNs, wireNs);
  }
  return longestNs;
}

/** The share of every position for that cut. */
export function sharesOf(
  { line, training, window, safety, mode, relays }: LayoutTerms,
  token: Float64Array,
  bounds: readonly number[],
): Share[] {
  const records = readRecords(token);
  const recompute = window.recompute !== 'none';
  const { delays, stashes } = mode;
  const segments = records.map((record, p) =>
    segmentCosts(
      { line, training, recompute, delays, stashes, relays },
      record,
      bounds[p],
      bounds[p + 1],
    ),
  );
  const { own, replica } = bytesPerParameter(training, safety, delays);
  const kept = replicaCount(safety, records.length);
  const owned = segments.map(({ parameters, stashBytes }, p) => {
    // The newest weights are those of a micro-batch in flight.
    let bytes = parameters * own - stashBytes;
    for (let back = 1; back <= kept; back++) {
      const origin = segments[(p - back + segments.length) % segments.length];
      bytes += origin.parameters * replica;
    }
    return bytes;
  });
  const most = mode.mostInFlight(training.microBatches);
  const windows = windowsOf(segments, owned, records, window, most);
  return segments.map((costs, p) => ({ costs, window: windows[p] }));
}
