/**
 * A node's memory by item, for nodes that drop and regain state: callers set what is held, and the world gets the
 * difference.
 */
import type { World } from '../../engine/world.ts';

export class MemoryItems {
  private readonly held = new Map<string, number>();

  constructor(private readonly world: Pick<World, 'hold' | 'release'>) {}

  /** Sets the bytes held under the item. */
  set(item: string, bytes: number): void {
    const before = this.held.get(item) ?? 0;
    this.held.set(item, bytes);
    if (bytes > before) this.world.hold(item, bytes - before);
    else if (bytes < before) this.world.release(item, before - bytes);
  }

  /** Adds bytes to the item; negative to release. */
  add(item: string, bytes: number): void {
    this.set(item, (this.held.get(item) ?? 0) + bytes);
  }
}
