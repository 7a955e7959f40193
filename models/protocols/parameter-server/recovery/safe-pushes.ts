/** How many of each worker's pushes in a view no loss of a server undoes: a worker keeps all others. Knows no message. */
import type { NodeId } from '../../../../engine/world.ts';

export class SafePushes {
  /** By worker: how many are safe, and how many updates must be committed for each of the others to be. */
  private readonly byWorker = new Map<NodeId, { safe: number; readonly waiting: number[] }>();

  /** A worker's next push is in the first so many updates. */
  add(worker: NodeId, updates: number): void {
    const { waiting } = this.of(worker);
    waiting.push(updates);
  }

  /** So many updates are committed. */
  count(worker: NodeId, committed: number): number {
    const pushes = this.of(worker);
    while (pushes.waiting.length > 0 && pushes.waiting[0] <= committed) {
      pushes.waiting.shift();
      pushes.safe++;
    }
    return pushes.safe;
  }

  private of(worker: NodeId): { safe: number; readonly waiting: number[] } {
    let known = this.byWorker.get(worker);
    if (known === undefined) this.byWorker.set(worker, (known = { safe: 0, waiting: [] }));
    return known;
  }
}
