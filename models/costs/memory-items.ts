/**
 * A node's memory by item, for nodes that drop and regain state: callers set what is held, and the world gets the
 * difference.
 */
import type { World } from '../../engine/world.ts';

export class MemoryItems {
  /** Lists, because there are few items: a map for each of a thousand workers is a miss of the cache each time. */
  private readonly names: string[] = [];
  private readonly held: number[] = [];

  constructor(private readonly world: Pick<World, 'hold' | 'release'>) {}

  /** Sets the bytes held under the item. */
  set(item: string, bytes: number): void {
    this.add(item, bytes - this.held[this.at(item)]);
  }

  /** Adds bytes to the item; negative to release. */
  add(item: string, bytes: number): void {
    this.held[this.at(item)] += bytes;
    if (bytes > 0) this.world.hold(item, bytes);
    else if (bytes < 0) this.world.release(item, -bytes);
  }

  private at(item: string): number {
    const { names, held } = this;
    let at = 0;
    while (at < names.length && names[at] !== item) at++;
    if (at === names.length) {
      names.push(item);
      held.push(0);
    }
    return at;
  }
}
