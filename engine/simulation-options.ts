/** Options of a simulated world. */
import type { Distribution } from './distribution.ts';
import type { DetectorSpec, FaultRule, StorageSpec } from './faults/fault-rule.ts';
import type { HostSpec } from './host-spec.ts';
import type { Sharing } from './network/build.ts';
import type { Topology } from './network/topology.ts';
import type { Observer } from './observer.ts';
import type { EndlessWork } from './endless-work.ts';
import type { NodeFactory } from './world.ts';

export interface SimulationOptions {
  /** A whole number from 0 to 2^53: all chance of the run comes from it. */
  readonly seed: number;
  /** One a node. */
  readonly hosts: readonly HostSpec[];
  readonly topology: Topology;
  readonly sharing: Sharing;
  /** Factors on the time of every job and on the latency of every message. */
  readonly jitter?: { readonly compute?: Distribution; readonly latency?: Distribution };
  /** False where jobs cost time but are never run. */
  readonly runJobs: boolean;
  readonly observers?: readonly Observer[];
  /** Faults, and how nodes detect them. Left out: nothing fails, and no node is watched. */
  readonly faults?: {
    readonly rules: readonly FaultRule[];
    readonly detector: DetectorSpec;
    /** See `TransportOptions`. */
    readonly rerouteAfterNs?: number;
  };
  /** Work may be for nothing although nothing fails. */
  readonly dropsWork?: boolean;
  /** Without it `save` and `load` are errors. */
  readonly storage?: StorageSpec;
  /** The run ends as `stopped` at this time, if it has not ended before. */
  readonly stopAtNs?: number;
  /**
   * What work is still to be done, in a few words; null when it is done. Only then is a run finished. Left out: the
   * work is done as soon as every node that is up is finished.
   */
  readonly missing?: () => string | null;
  /** Why a run that gets no further would outlast modelled time; null if that is not the reason. */
  readonly whyEndless?: (unending: EndlessWork) => string | null;
  readonly place: NodeFactory;
}
