/** What is in progress in a run that gets no further, to find out what of it would outlast modelled time. */
import type { MessageFrame } from './channel/frame.ts';
import type { InjectedFault } from './faults/fault-rule.ts';
import { END_NS } from './kernel.ts';
import type { Job, NodeId } from './world.ts';

/** Bytes in flight between two nodes, headers included. */
export interface Carried {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly bytes: number;
}

export interface EndlessWork {
  readonly timeNs: number;
  /** True if all that is pending lies beyond the end of modelled time. */
  readonly isAtEnd: boolean;
  /** One of each that would end after modelled time; null where there is none. */
  readonly job: (Pick<Job, 'name' | 'flops' | 'profile'> & { readonly node: NodeId }) | null;
  readonly transfer: Carried | null;
  readonly storage: { readonly node: NodeId; readonly bytes: number } | null;
  readonly faults: readonly InjectedFault[];
}

/** The first frame that would arrive after the end of modelled time, even alone on its path; null if there is none. */
export function endlessOf(
  frames: readonly MessageFrame[],
  path: { pathNs(from: NodeId, to: NodeId, bytes: number): number },
  nowNs: number,
): Carried | null {
  for (const { from, to, parcel } of frames) {
    const { bytes } = parcel;
    if (nowNs + path.pathNs(from, to, bytes) >= END_NS) return { from, to, bytes };
  }
  return null;
}
