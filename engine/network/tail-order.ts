/**
 * Keeps transfers between the same two nodes in order where latencies differ from message to message: none reaches
 * the end of a hop before the tail of the one before it. Until `begin` it stores nothing and costs nothing.
 */
export class TailOrder {
  private readonly hops: number;
  /** The last tail of each pair of nodes at the end of each hop. */
  private lastTails: Map<number, number> | null = null;

  /** `hops` is the longest route. */
  constructor(hops: number) {
    this.hops = hops;
  }

  get isKept(): boolean {
    return this.lastTails !== null;
  }

  /** From now on order is kept. */
  begin(): void {
    this.lastTails ??= new Map();
  }

  /** When the last known tail of that pair reaches the end of that hop; 0 if none is known. */
  lastTailNs(pair: number, hop: number): number {
    return this.lastTails?.get(pair * this.hops + hop) ?? 0;
  }

  /** The last tail of that pair reaches the end of that hop at that time. */
  set(pair: number, hop: number, tailNs: number): void {
    this.lastTails?.set(pair * this.hops + hop, tailNs);
  }
}
