/**
 * Steps of causal chains: each begins when what it follows from ends. They stand in columns of a ring, so that memory does
 * not grow with the run and nothing is left to collect: the newest write over the oldest, and chains are cut off there.
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
  /** The number of what it follows from; NO_STEP at the beginning of the run. */
  readonly parent: number;
}

export const NO_STEP = -1;

const KINDS = ['job', 'message', 'other'] as const;
/** A chain reaches back at least so many steps, and so many of each node. */
const LEAST = 1 << 18;
const PER_NODE = 512;

export class Steps {
  private readonly size: number;
  private count = 0;
  private readonly kinds: Uint8Array;
  private readonly names: string[] = [];
  private readonly behind: Uint8Array;
  private readonly places: Record<'node' | 'to' | 'fullest', Int32Array>;
  private readonly figures: Record<
    'startNs' | 'endNs' | 'sentNs' | 'bytes' | 'partNs' | 'parent',
    Float64Array
  >;

  constructor(nodeCount: number) {
    const size = Math.max(LEAST, PER_NODE * nodeCount);
    const [whole, figure] = [() => new Int32Array(size), () => new Float64Array(size)];
    this.size = size;
    this.kinds = new Uint8Array(size);
    this.behind = new Uint8Array(size);
    this.places = { node: whole(), to: whole(), fullest: whole() };
    this.figures = {
      ...{ startNs: figure(), endNs: figure(), sentNs: figure() },
      ...{ bytes: figure(), partNs: figure(), parent: figure() },
    };
  }

  /** Returns its number. */
  add(step: Step): number {
    const { places, figures } = this;
    const at = this.count % this.size;
    this.kinds[at] = KINDS.indexOf(step.kind);
    this.names[at] = step.name;
    this.behind[at] = step.isBehind ? 1 : 0;
    places.node[at] = step.node;
    places.to[at] = step.to;
    places.fullest[at] = step.fullest;
    figures.startNs[at] = step.startNs;
    figures.endNs[at] = step.endNs;
    figures.sentNs[at] = step.sentNs;
    figures.bytes[at] = step.bytes;
    figures.partNs[at] = step.partNs;
    figures.parent[at] = step.parent;
    return this.count++;
  }

  /** Null for NO_STEP, and for one that was written over. */
  at(number: number): Step | null {
    if (number < 0 || number < this.count - this.size) return null;
    const { places, figures } = this;
    const at = number % this.size;
    return {
      kind: KINDS[this.kinds[at]],
      name: this.names[at],
      isBehind: this.behind[at] === 1,
      node: places.node[at],
      to: places.to[at],
      fullest: places.fullest[at],
      startNs: figures.startNs[at],
      endNs: figures.endNs[at],
      sentNs: figures.sentNs[at],
      bytes: figures.bytes[at],
      partNs: figures.partNs[at],
      parent: figures.parent[at],
    };
  }
}
