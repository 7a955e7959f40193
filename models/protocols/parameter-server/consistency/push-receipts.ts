/** In how many updates each push of a worker is, in the order of pushing, which need not be the order of applying. */
import type { NodeId } from '../../../../engine/world.ts';

export interface Receipt {
  /** Null while it is in none. */
  updates: number | null;
}

export class PushReceipts {
  private readonly byWorker = new Map<NodeId, Receipt[]>();

  add(worker: NodeId, receipt: Receipt): void {
    const receipts = this.byWorker.get(worker);
    if (receipts === undefined) this.byWorker.set(worker, [receipt]);
    else receipts.push(receipt);
  }

  /** Takes those that are in an update, up to the first that is in none. */
  settle(worker: NodeId, isIn: (updates: number) => void): void {
    const receipts = this.byWorker.get(worker);
    while (receipts !== undefined && receipts.length > 0) {
      const [{ updates }] = receipts;
      if (updates === null) return;
      receipts.shift();
      isIn(updates);
    }
  }
}
