/** What work costs in time. Each cost is rounded up to whole nanoseconds once, here and nowhere else. */
import type { HostSpec } from './host-spec.ts';

/** Nanoseconds of a job: (fixed overhead + FLOPs / speed) times the jitter's factor (PROTOCOLS section 0). */
export function jobNs(host: HostSpec, flops: number, factor: number): number {
  return Math.ceil((host.taskOverheadNs + flops / (host.speedFlopsPerSecond / 1e9)) * factor);
}

/** Nanoseconds that many bytes hold a link of that rate. */
export function transferNs(bytes: number, bandwidthBytesPerSecond: number): number {
  return Math.ceil(bytes / (bandwidthBytesPerSecond / 1e9));
}
