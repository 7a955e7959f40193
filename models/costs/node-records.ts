/**
 * The records of the MEASURE token (PROTOCOLS A.4): what every node must know of every other to compute the same
 * partition and windows. A record counts as 24 bytes on the wire: memory in 8, the rest in 4 each.
 */
import { speedAt } from '../../engine/cost.ts';
import type { Assignment } from '../spec/assignment.ts';

/** What a node reports of itself, and of the link to its successor (the slower of the two directions). */
export interface NodeRecord {
  /** What it reaches with the samples of a micro-batch. */
  readonly speedFlopsPerSecond: number;
  readonly memoryBytes: number;
  readonly taskOverheadNs: number;
  readonly latencyNs: number;
  readonly bandwidthBytesPerSecond: number;
}

const FIELDS = 5;

/** Room for the records of that many nodes. */
export function emptyRecords(nodeCount: number): Float64Array {
  return new Float64Array(FIELDS * nodeCount);
}

/** What that node measures of itself, and of the link to the node behind it on the line. */
export function measure(
  assignment: Assignment,
  node: number,
  next = (node + 1) % assignment.hosts.length,
): NodeRecord {
  const { hosts, training } = assignment;
  const there = assignment.path(node, next);
  const back = assignment.path(next, node);
  return {
    speedFlopsPerSecond: speedAt(hosts[node], training.batch / training.microBatches),
    memoryBytes: hosts[node].memoryBytes,
    taskOverheadNs: hosts[node].taskOverheadNs,
    latencyNs: Math.max(there.latencyNs, back.latencyNs),
    bandwidthBytesPerSecond: Math.min(there.bandwidthBytesPerSecond, back.bandwidthBytesPerSecond),
  };
}

/** A record as the numbers that travel. */
export function recordValues(record: NodeRecord): number[] {
  return [
    record.speedFlopsPerSecond,
    record.memoryBytes,
    record.taskOverheadNs,
    record.latencyNs,
    record.bandwidthBytesPerSecond,
  ];
}

export function writeRecord(records: Float64Array, node: number, record: NodeRecord): void {
  records.set(recordValues(record), node * FIELDS);
}

/** The token with those records. */
export function joinRecords(records: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(records.flat());
}

/** All records, in ring order. */
export function readRecords(records: Float64Array): NodeRecord[] {
  const read: NodeRecord[] = [];
  for (let at = 0; at < records.length; at += FIELDS)
    read.push({
      speedFlopsPerSecond: records[at],
      memoryBytes: records[at + 1],
      taskOverheadNs: records[at + 2],
      latencyNs: records[at + 3],
      bandwidthBytesPerSecond: records[at + 4],
    });
  return read;
}

/** What the worst of some hosts does in each respect: where all wait for all, that is what counts. */
export function slowest(records: readonly NodeRecord[]): NodeRecord {
  const least = (of: (record: NodeRecord) => number) => Math.min(...records.map(of));
  const most = (of: (record: NodeRecord) => number) => Math.max(...records.map(of));
  return {
    speedFlopsPerSecond: least(({ speedFlopsPerSecond }) => speedFlopsPerSecond),
    memoryBytes: least(({ memoryBytes }) => memoryBytes),
    taskOverheadNs: most(({ taskOverheadNs }) => taskOverheadNs),
    latencyNs: most(({ latencyNs }) => latencyNs),
    bandwidthBytesPerSecond: least(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond),
  };
}
