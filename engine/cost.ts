/** What work costs in time. Each cost is rounded up to whole nanoseconds once, here and nowhere else. */
import type { StorageSpec } from './faults/fault-rule.ts';
import type { HostSpec, MessageCost } from './host-spec.ts';
import type { JobProfile } from './world.ts';

const PLAIN: JobProfile = {
  ...{ overheadNs: 0, samples: 0 },
  ...{ elementWiseFlops: 0, elementWiseBytes: 0 },
};

/** The longest cost, far beyond the end of modelled time: sums and differences of costs stay finite. */
const LONGEST_NS = 1e100;

/**
 * Nanoseconds of a job: (fixed overhead + FLOPs / speed) times the jitter's factor (PROTOCOLS section 0). What the
 * profile adds: element-wise work takes the longer of operations and memory traffic, other work its efficiency.
 */
export function jobNs(host: HostSpec, flops: number, factor: number, profile?: JobProfile): number {
  const ns = host.taskOverheadNs + (profile?.overheadNs ?? 0) + workNs(host, flops, profile);
  return Math.ceil(Math.min(ns, LONGEST_NS) * factor);
}

function workNs(host: HostSpec, flops: number, profile: JobProfile | undefined): number {
  const { speedFlopsPerSecond, efficiency, memoryBandwidthBytesPerSecond: bandwidth } = host;
  if (efficiency === undefined && (profile === undefined || bandwidth === undefined))
    return flops / (speedFlopsPerSecond / 1e9);
  const { samples, elementWiseFlops, elementWiseBytes } = profile ?? PLAIN;
  const arithmeticNs = elementWiseFlops / (speedAt(host, 0) / 1e9);
  return (
    (flops - elementWiseFlops) / (speedAt(host, samples) / 1e9) +
    Math.max(arithmeticNs, elementWiseBytes / ((bandwidth ?? Infinity) / 1e9))
  );
}

/** Whether the job would be over sooner, by a nanosecond at least, if its host read and wrote faster. */
export function isMemoryBound(host: HostSpec, profile: JobProfile | undefined): boolean {
  const { memoryBandwidthBytesPerSecond: bandwidth } = host;
  if (bandwidth === undefined || profile === undefined) return false;
  const { elementWiseFlops, elementWiseBytes } = profile;
  const memoryNs = elementWiseBytes / (bandwidth / 1e9);
  return memoryNs - elementWiseFlops / (speedAt(host, 0) / 1e9) >= 1;
}

/**
 * The FLOP/s that a host reaches with so many samples at once: between two rows of its efficiency on the line between
 * them, and beyond them that of the nearest. Work of no samples reaches the most that any does.
 */
export function speedAt({ speedFlopsPerSecond, efficiency }: HostSpec, samples: number): number {
  if (efficiency === undefined) return speedFlopsPerSecond;
  let most = 0;
  for (let k = 0; k < efficiency.length; k++) {
    const { samples: measured, efficiency: reached } = efficiency[k];
    most = Math.max(most, reached);
    if (samples === 0 || measured < samples) continue;
    const before = efficiency[k - 1] ?? efficiency[k];
    const part = measured === samples ? 0 : (measured - samples) / (measured - before.samples || 1);
    return speedFlopsPerSecond * (reached + part * (before.efficiency - reached));
  }
  return (
    speedFlopsPerSecond * (samples === 0 ? most : efficiency[efficiency.length - 1].efficiency)
  );
}

/** Nanoseconds that many bytes hold a link of that rate. */
export function transferNs(bytes: number, bandwidthBytesPerSecond: number): number {
  return Math.ceil(Math.min(bytes / (bandwidthBytesPerSecond / 1e9), LONGEST_NS));
}

/** Nanoseconds that an engine is at a message of that many bytes. */
export function messageNs(cost: MessageCost | undefined, bytes: number): number {
  if (cost === undefined) return 0;
  return Math.ceil(cost.overheadNs) + transferNs(bytes, cost.bandwidthBytesPerSecond);
}

/** Nanoseconds of a storage operation of that many bytes. */
export function storageNs(bytes: number, spec: StorageSpec): number {
  return Math.ceil(spec.latencyNs) + transferNs(bytes, spec.bandwidthBytesPerSecond);
}
