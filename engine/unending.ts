/** What is under way in a run that gets no further, for whoever can say what of it lasts longer than modelled time. */
import type { DataFrame } from './channel/frame.ts';
import type { InjectedFault } from './faults/fault-rule.ts';
import { END_NS } from './kernel.ts';
import type { NodeId } from './world.ts';

/** Bytes on their way between two nodes, headers included. */
export interface Carried {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly bytes: number;
}

export interface Unending {
  readonly timeNs: number;
  /** True if nothing is to come but what lies beyond the end of modelled time. */
  readonly isAtEnd: boolean;
  /** One of each that ends after modelled time does; null where there is none. */
  readonly job: { readonly node: NodeId; readonly name: string; readonly flops: number } | null;
  readonly transfer: Carried | null;
  readonly storage: { readonly node: NodeId; readonly bytes: number } | null;
  readonly faults: readonly InjectedFault[];
}

/** The first of the frames that arrives after modelled time ends, even alone on its path; null if none does. */
export function endlessOf(
  frames: readonly DataFrame[],
  path: { pathNs(from: NodeId, to: NodeId, bytes: number): number },
  nowNs: number,
): Carried | null {
  for (const { from, to, parcel } of frames) {
    const { bytes } = parcel;
    if (nowNs + path.pathNs(from, to, bytes) >= END_NS) return { from, to, bytes };
  }
  return null;
}
