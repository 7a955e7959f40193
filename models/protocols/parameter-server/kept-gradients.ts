/** Gradients that some shard may lose yet, in the order in which a worker pushed them. Knows no message. */
import type { FloatArray } from '../../learning/float-array.ts';
import type { WorkItem } from './messages.ts';

export interface Gradient extends WorkItem {
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
}

export class KeptGradients {
  private kept: readonly Gradient[] = [];
  /** Of those pushed in the view, how many are kept no more; and by shard how many it has for good. */
  private released = 0;
  private readonly safe: number[];

  constructor(shards: number) {
    this.safe = new Array<number>(shards).fill(0);
  }

  get all(): readonly Gradient[] {
    return this.kept;
  }

  add(gradient: Gradient): void {
    this.kept = [...this.kept, gradient];
  }

  /** A view begins, in which those that are wanted are pushed again. */
  begin(isWanted: (item: WorkItem) => boolean): void {
    this.kept = this.kept.filter(isWanted);
    this.released = 0;
    this.safe.fill(0);
  }

  /** A shard has so many pushes of the view for good: what all have is kept no more. */
  release(shard: number, safe: number): void {
    this.safe[shard] = safe;
    const count = Math.max(0, Math.min(...this.safe) - this.released);
    this.released += count;
    this.kept = this.kept.slice(count);
  }
}
