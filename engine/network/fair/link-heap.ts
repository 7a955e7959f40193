/**
 * A binary heap of links whose keys may change while they are in it: the water-filling takes the link with the
 * lowest level out of one, and the clock takes the link with the next finishing flow out of another.
 */
import { grownFloats, grownIntegers } from './growth.ts';

export class LinkHeap {
  private items = new Int32Array(0);
  private positions = new Int32Array(0);
  private keys = new Float64Array(0);
  private length = 0;

  /** Makes room for links 0 to capacity - 1. */
  reserve(capacity: number): void {
    this.items = grownIntegers(this.items, capacity);
    this.positions = grownIntegers(this.positions, capacity);
    this.keys = grownFloats(this.keys, capacity);
  }

  /** The link with the least key (the smaller number on a tie); -1 when empty. */
  get top(): number {
    return this.length > 0 ? this.items[0] : -1;
  }

  /** The least key; infinite when empty. */
  get topKey(): number {
    return this.length > 0 ? this.keys[this.items[0]] : Infinity;
  }

  get size(): number {
    return this.length;
  }

  has(link: number): boolean {
    return this.positions[link] >= 0;
  }

  /** Puts a link in, or moves it to a new key. */
  set(link: number, key: number): void {
    const { keys, positions } = this;
    const position = positions[link];
    if (position < 0) {
      keys[link] = key;
      this.up(link, this.length++);
      return;
    }
    const before = keys[link];
    if (before === key) return;
    keys[link] = key;
    if (key < before) this.up(link, position);
    else this.down(link, position);
  }

  /** Takes a link out; nothing happens if it is not in. */
  remove(link: number): void {
    const position = this.positions[link];
    if (position < 0) return;
    this.positions[link] = -1;
    const last = this.items[--this.length];
    if (last === link) return;
    const { keys } = this;
    if (keys[last] < keys[link] || (keys[last] === keys[link] && last < link))
      this.up(last, position);
    else this.down(last, position);
  }

  private up(link: number, from: number): void {
    const { items, positions, keys } = this;
    const key = keys[link];
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = items[parent];
      if (keys[above] < key || (keys[above] === key && above < link)) break;
      items[hole] = above;
      positions[above] = hole;
      hole = parent;
    }
    items[hole] = link;
    positions[link] = hole;
  }

  private down(link: number, from: number): void {
    const { items, positions, keys, length } = this;
    const key = keys[link];
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= length) break;
      let below = items[child];
      if (child + 1 < length) {
        const right = items[child + 1];
        if (keys[right] < keys[below] || (keys[right] === keys[below] && right < below)) {
          child++;
          below = right;
        }
      }
      if (key < keys[below] || (key === keys[below] && link < below)) break;
      items[hole] = below;
      positions[below] = hole;
      hole = child;
    }
    items[hole] = link;
    positions[link] = hole;
  }
}
