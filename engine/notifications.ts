/**
 * What the world has to tell a node beside messages and alarms, oldest first, until its engine is free: suspicions,
 * and ends of storage operations and disk writes.
 */
import type { RecordQueue } from './storage/record-queue.ts';
import type { Node, NodeId } from './world.ts';

export type Notification =
  | { readonly kind: 'suspected'; readonly peer: NodeId }
  | { readonly kind: 'saved'; readonly name: string; readonly isNewest: boolean }
  | { readonly kind: 'loaded'; readonly name: string; readonly value: object | null }
  | { readonly kind: 'persisted'; readonly queue: RecordQueue };

export class Notifications {
  private items: Notification[] = [];

  put(item: Notification): void {
    this.items.push(item);
  }

  /** Removes the oldest; null if there is none. */
  take(): Notification | null {
    return this.items.length > 0 ? this.items.shift()! : null;
  }

  /** Withdraws the suspicion of a peer that is not watched any more. */
  unsuspect(peer: NodeId): void {
    this.items = this.items.filter((item) => item.kind !== 'suspected' || item.peer !== peer);
  }

  clear(): void {
    this.items = [];
  }
}

/** Calls the node's handler for it. */
export function notify(node: Node, item: Notification): void {
  if (item.kind === 'suspected') node.suspected?.(item.peer);
  else if (item.kind === 'saved') node.saved?.(item.name, item.isNewest);
  else if (item.kind === 'loaded') node.loaded?.(item.name, item.value);
  else {
    item.queue.told();
    node.persisted?.();
  }
}
