/**
 * What a worker has in hand: the share that its engine is at, and gradients that some shard may lose yet, in the order in
 * which they were pushed. Knows no message.
 */
import { NOTES, type WastedNote } from '../../../spec/notes.ts';
import type { World } from '../../../../engine/world.ts';
import type { MemoryItems } from '../../../costs/memory-items.ts';
import type { FloatArray } from '../../../learning/float-array.ts';
import type { WorkItem } from '../messages.ts';

export interface Gradient extends WorkItem {
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
}

export class WorkInHand {
  private readonly world: World;
  private readonly books: MemoryItems;
  private readonly gradientBytes: number;
  /** What the engine is at; void where nobody takes it any more. */
  private running: WorkItem | null = null;
  private isVoid = false;
  private kept: readonly Gradient[] = [];
  /** Of those pushed in the view, how many are kept no more; and by shard how many it has for good. */
  private released = 0;
  private readonly safe: number[];

  constructor(world: World, books: MemoryItems, shards: number, gradientBytes: number) {
    this.world = world;
    this.books = books;
    this.gradientBytes = gradientBytes;
    this.safe = new Array<number>(shards).fill(0);
  }

  get isComputing(): boolean {
    return this.running !== null;
  }

  get gradients(): readonly Gradient[] {
    return this.kept;
  }

  /** All of it that somebody takes. */
  get items(): WorkItem[] {
    const working = this.running === null || this.isVoid ? [] : [this.running];
    return [...this.kept, ...working].map(({ iteration, share }) => ({ iteration, share }));
  }

  /** The engine begins with that. */
  compute(item: WorkItem): void {
    this.running = item;
    this.isVoid = false;
  }

  /** The engine is done. What it has made a gradient of; null where nobody takes it. */
  computed(): WorkItem | null {
    const { running } = this;
    this.running = null;
    return this.isVoid ? null : running;
  }

  keep(gradient: Gradient): void {
    this.set([...this.kept, gradient]);
  }

  /** A view begins, in which those that are wanted are pushed again, and nobody takes the others. */
  begin(isWanted: (item: WorkItem) => boolean): void {
    this.set(this.kept.filter(isWanted));
    this.released = 0;
    this.safe.fill(0);
    const { running } = this;
    if (running === null || this.isVoid || isWanted(running)) return;
    this.isVoid = true;
    const wasted: WastedNote = { node: this.world.self, step: running.iteration };
    this.world.note(NOTES.wasted, wasted);
  }

  /** A shard has so many pushes of the view for good: what all have is kept no more. */
  release(shard: number, safe: number): void {
    if (this.kept.length === 0) return;
    this.safe[shard] = safe;
    const count = Math.max(0, Math.min(...this.safe) - this.released);
    this.released += count;
    if (count > 0) this.set(this.kept.slice(count));
  }

  private set(kept: readonly Gradient[]): void {
    this.kept = kept;
    this.books.set('unacknowledged', kept.length * this.gradientBytes);
  }
}
