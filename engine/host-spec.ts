import type { StorageSpec } from './faults/fault-rule.ts';

/** The part of its speed that a host reaches with so many samples at once. */
export interface Efficiency {
  readonly samples: number;
  readonly efficiency: number;
}

/** What the engine of a host has to do for a message. */
export interface MessageCost {
  readonly overheadNs: number;
  /** Infinity where the size makes no difference. */
  readonly bandwidthBytesPerSecond: number;
}

/** What a node runs on. */
export interface HostSpec {
  readonly speedFlopsPerSecond: number;
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  /** Fixed cost of every task (the kappa of PROTOCOLS section 0). */
  readonly taskOverheadNs: number;
  /** Bytes a second that element-wise work reads and writes; no limit where left out. */
  readonly memoryBandwidthBytesPerSecond?: number;
  /** The part of its speed that jobs reach, by samples in ascending order, at least one row; all of it where left out. */
  readonly efficiency?: readonly Efficiency[];
  /** For each message that it sends, and for each that it receives; nothing where left out. */
  readonly sending?: MessageCost;
  readonly receiving?: MessageCost;
  /** Which machine it is on, by number, and how many cores that has; one of its own where left out. */
  readonly machine?: { readonly number: number; readonly cores: number };
  /** Its own disk; `DEFAULT_DISK` where this is left out. */
  readonly disk?: StorageSpec;
}
