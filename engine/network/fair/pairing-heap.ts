/**
 * Many heaps of numbered items in one set of arrays: every link keeps a heap of its own, and an item is in one
 * heap at most. A pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986) needs no array of its own per heap,
 * inserts in constant time and takes any item out in amortised logarithmic time. It must not know what items are.
 */
import { grownFloats, grownIntegers } from './growth.ts';

export class PairingHeap {
  /** Sort key of every item that is in a heap. */
  key = new Float64Array(0);
  private child = new Int32Array(0);
  private next = new Int32Array(0);
  /** Left sibling, or the parent for a first child; -1 for a root. */
  private previous = new Int32Array(0);

  /** Makes room for items 0 to capacity - 1. */
  reserve(capacity: number): void {
    this.key = grownFloats(this.key, capacity);
    this.child = grownIntegers(this.child, capacity);
    this.next = grownIntegers(this.next, capacity);
    this.previous = grownIntegers(this.previous, capacity);
  }

  /** Puts an item into the heap with that root (-1 when empty); returns the new root. */
  insert(root: number, item: number, key: number): number {
    this.key[item] = key;
    this.child[item] = -1;
    this.next[item] = -1;
    this.previous[item] = -1;
    return root < 0 ? item : this.meld(root, item);
  }

  /** Takes an item out of the heap with that root, wherever it is in it; returns the new root, -1 when empty. */
  remove(root: number, item: number): number {
    const orphans = this.mergePairs(this.child[item]);
    if (item === root) return orphans;
    const before = this.previous[item];
    const after = this.next[item];
    if (this.child[before] === item) this.child[before] = after;
    else this.next[before] = after;
    if (after >= 0) this.previous[after] = before;
    return orphans < 0 ? root : this.meld(root, orphans);
  }

  /** Joins two heaps; on equal keys the one with the smaller number stays on top, so that order is fixed. */
  private meld(first: number, second: number): number {
    const { key, child, next, previous } = this;
    const swap = key[second] < key[first] || (key[second] === key[first] && second < first);
    const top = swap ? second : first;
    const below = swap ? first : second;
    const eldest = child[top];
    next[below] = eldest;
    if (eldest >= 0) previous[eldest] = below;
    previous[below] = top;
    child[top] = below;
    next[top] = -1;
    previous[top] = -1;
    return top;
  }

  /** Joins a chain of siblings into one heap: in pairs from the left, then all pairs from the right. */
  private mergePairs(first: number): number {
    const { next } = this;
    let pairs = -1;
    let item = first;
    while (item >= 0) {
      const partner = next[item];
      const rest = partner < 0 ? -1 : next[partner];
      next[item] = -1;
      this.previous[item] = -1;
      let pair = item;
      if (partner >= 0) {
        next[partner] = -1;
        this.previous[partner] = -1;
        pair = this.meld(item, partner);
      }
      next[pair] = pairs;
      pairs = pair;
      item = rest;
    }
    let root = -1;
    while (pairs >= 0) {
      const before = next[pairs];
      next[pairs] = -1;
      root = root < 0 ? pairs : this.meld(root, pairs);
      pairs = before;
    }
    return root;
  }
}
