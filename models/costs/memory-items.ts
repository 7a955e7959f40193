/** A node's memory by item, for nodes that drop and regain state: says what is held, and the world hears the difference. */
import type { World } from '../../engine/world.ts';

export class MemoryItems {
  private readonly held = new Map<string, number>();

  constructor(private readonly world: Pick<World, 'hold' | 'release'>) {}

  /** From now on that many bytes are held under the item. */
  set(item: string, bytes: number): void {
    const before = this.held.get(item) ?? 0;
    this.held.set(item, bytes);
    if (bytes > before) this.world.hold(item, bytes - before);
    else if (bytes < before) this.world.release(item, before - bytes);
  }

  /** Holds that many bytes more (or, below 0, fewer). */
  add(item: string, bytes: number): void {
    this.set(item, (this.held.get(item) ?? 0) + bytes);
  }
}
