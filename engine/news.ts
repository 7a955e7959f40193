/**
 * What the world has to tell a node beside messages and alarms, in order of happening, until its engine is free:
 * suspicions, and the ends of storage operations and of writes to its host's disk.
 */
import type { RecordQueue } from './storage/record-queue.ts';
import type { Node, NodeId } from './world.ts';

export type NewsItem =
  | { readonly kind: 'suspected'; readonly peer: NodeId }
  | { readonly kind: 'saved'; readonly name: string; readonly isNewest: boolean }
  | { readonly kind: 'loaded'; readonly name: string; readonly value: object | null }
  | { readonly kind: 'persisted'; readonly queue: RecordQueue };

export class News {
  private items: NewsItem[] = [];

  put(item: NewsItem): void {
    this.items.push(item);
  }

  /** Takes the oldest out; null if there is none. */
  take(): NewsItem | null {
    return this.items.length > 0 ? this.items.shift()! : null;
  }

  /** Takes back the suspicion of a peer that is no longer watched. */
  unsuspect(peer: NodeId): void {
    this.items = this.items.filter((item) => item.kind !== 'suspected' || item.peer !== peer);
  }

  clear(): void {
    this.items = [];
  }
}

/** Tells the node. */
export function hear(node: Node, item: NewsItem): void {
  if (item.kind === 'suspected') node.suspected?.(item.peer);
  else if (item.kind === 'saved') node.saved?.(item.name, item.isNewest);
  else if (item.kind === 'loaded') node.loaded?.(item.name, item.value);
  else {
    item.queue.told();
    node.persisted?.();
  }
}
