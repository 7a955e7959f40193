/** What work costs in time. Each cost is rounded up to whole nanoseconds once, here and nowhere else. */
import type { StorageSpec } from './faults/fault-rule.ts';
import type { HostSpec } from './host-spec.ts';

/** The longest cost, far beyond the end of modelled time: sums and differences of costs stay finite. */
const LONGEST_NS = 1e100;

/** Nanoseconds of a job: (fixed overhead + FLOPs / speed) times the jitter's factor (PROTOCOLS section 0). */
export function jobNs(host: HostSpec, flops: number, factor: number): number {
  const ns = host.taskOverheadNs + flops / (host.speedFlopsPerSecond / 1e9);
  return Math.ceil(Math.min(ns, LONGEST_NS) * factor);
}

/** Nanoseconds that many bytes hold a link of that rate. */
export function transferNs(bytes: number, bandwidthBytesPerSecond: number): number {
  return Math.ceil(Math.min(bytes / (bandwidthBytesPerSecond / 1e9), LONGEST_NS));
}

/** Nanoseconds of a storage operation of that many bytes. */
export function storageNs(bytes: number, spec: StorageSpec): number {
  return Math.ceil(spec.latencyNs) + transferNs(bytes, spec.bandwidthBytesPerSecond);
}
