/** What critical paths were made of. Plain data: it crosses threads. */

/** Something that could be made infinitely fast. */
export type Resource =
  | { readonly kind: 'compute'; readonly node: number }
  | { readonly kind: 'link'; readonly link: number }
  | { readonly kind: 'all compute' | 'all links' | 'latency' };

export interface ResourceShare {
  readonly resource: Resource;
  /** By how much an iteration would be shorter, as long as the path stays where it is; at most so much otherwise. */
  readonly ns: number;
}

/** A job, with the iteration of whose critical path it is a part; null: of none. */
export interface Task {
  readonly node: number;
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly critical: number | null;
}

export interface SentMessage {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly bytes: number;
  readonly sentNs: number;
  readonly arrivedNs: number;
  readonly critical: number | null;
}

export interface PathRecord {
  /** Iterations whose paths were followed: all but the first, if there are several. */
  readonly iterations: number;
  /** Mean length, and what of it no resource is to blame for: failures, alarms, disks. */
  readonly iterationNs: number;
  readonly otherNs: number;
  /** Means of an iteration, the largest first. */
  readonly resources: readonly ResourceShare[];
  /** All that some iterations in the middle of the run did, in order of their ends; none of them if nobody noted any. */
  readonly tasks: readonly Task[];
  readonly messages: readonly SentMessage[];
  /** Tasks and messages beyond the most that are kept. */
  readonly leftOut: number;
}
