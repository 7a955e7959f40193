/** The gradients that a worker has in hand: those that some shard may lose yet, as they were pushed. Knows no message. */
import type { World } from '../../../../engine/world.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import type { WorkItem } from '../work-item.ts';

export interface Gradient extends WorkItem {
  /** Or what it is the product of, where servers multiply. */
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
  /** Updates in the weights that it is computed with. */
  readonly version: number;
}

export class WorkInHand {
  private readonly world: World;
  private readonly gradientBytes: number;
  private kept: readonly Gradient[] = [];
  /** Of those pushed in the view, how many are kept no more; and by shard how many it has for good. */
  private released = 0;
  private readonly safe: number[];

  constructor(world: World, shards: number, gradientBytes: number) {
    this.world = world;
    this.gradientBytes = gradientBytes;
    this.safe = new Array<number>(shards).fill(0);
  }

  get gradients(): readonly Gradient[] {
    return this.kept;
  }

  /** What these are gradients of, and what is being made. */
  items(wanted: WorkItem | null): WorkItem[] {
    const made = this.kept.map(({ iteration, share }) => ({ iteration, share }));
    return wanted === null ? made : [...made, wanted];
  }

  keep(gradient: Gradient): void {
    this.set([...this.kept, gradient]);
  }

  /** A view begins, in which those that are wanted are pushed again; the others are kept no more. */
  begin(isWanted: (item: WorkItem) => boolean): void {
    this.set(this.kept.filter(isWanted));
    this.released = 0;
    this.safe.fill(0);
  }

  /** A shard has so many pushes of the view for good: what all have is kept no more. */
  release(shard: number, safe: number): void {
    if (this.kept.length === 0) return;
    this.safe[shard] = safe;
    const count = Math.max(0, Math.min(...this.safe) - this.released);
    this.released += count;
    if (count > 0) this.set(this.kept.slice(count));
  }

  /** A shard has all that is of iterations below that one for good. */
  releaseBelow(shard: number, iteration: number): void {
    const safe = this.kept.filter((gradient) => gradient.iteration < iteration).length;
    this.release(shard, this.released + safe);
  }

  private set(kept: readonly Gradient[]): void {
    const more = kept.length - this.kept.length;
    this.kept = kept;
    if (more > 0) this.world.hold('unacknowledged', more * this.gradientBytes);
    if (more < 0) this.world.release('unacknowledged', -more * this.gradientBytes);
  }
}
