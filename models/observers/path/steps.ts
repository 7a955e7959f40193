/**
 * Steps of causal chains: each begins when what it follows from ends. Old ones are cut off, so that memory does not grow
 * with the run: a chain reaches back at least as many steps of all nodes as a generation has.
 */

export interface Step {
  readonly kind: 'job' | 'message' | 'other';
  /** Who computes, or sends. */
  readonly node: number;
  /** Who receives; the node itself otherwise. */
  readonly to: number;
  /** Of the job, or the kind of the message. */
  readonly name: string;
  /** A message that waited for the bytes of another begins here when that one has arrived. */
  readonly startNs: number;
  readonly endNs: number;
  /** When the message was sent. */
  readonly sentNs: number;
  readonly bytes: number;
  /** Of its time, that on an empty network; for a job that in which its host stood still. */
  readonly partNs: number;
  /** The link of its route with most bytes before it. */
  readonly fullest: number;
  /** Whether what it follows from is the message before it on that link. */
  readonly isBehind: boolean;
  /** What it follows from; null at the beginning of the run, and where the rest is cut off. */
  parent: Step | null;
  /** The iteration of whose critical path it is a part. */
  critical: number | null;
}

const LEAST = 1 << 17;
const PER_NODE = 128;

export class Generations {
  private readonly size: number;
  private older: Step[] = [];
  private newer: Step[] = [];

  constructor(nodeCount: number) {
    this.size = Math.max(LEAST, PER_NODE * nodeCount);
  }

  add(step: Step): Step {
    if (this.newer.length >= this.size) {
      for (const old of this.older) old.parent = null;
      this.older = this.newer;
      this.newer = [];
    }
    this.newer.push(step);
    return step;
  }
}
