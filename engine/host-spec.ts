import type { StorageSpec } from './faults/fault-rule.ts';

/** What a node runs on. */
export interface HostSpec {
  readonly speedFlopsPerSecond: number;
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  /** Fixed cost of every task (the kappa of PROTOCOLS section 0). */
  readonly taskOverheadNs: number;
  /** Its own disk; `DEFAULT_DISK` where this is left out. */
  readonly disk?: StorageSpec;
}
