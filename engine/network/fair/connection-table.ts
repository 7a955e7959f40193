/**
 * Connections by their two ends, numbered as they come, and the last transfer of each. Open addressing with linear
 * probing (Knuth, The Art of Computer Programming 6.4) over typed arrays, what is read together side by side: a Map of a
 * hundred thousand pairs takes half a microsecond a look.
 */
const FIRST_SIZE = 64;
const NONE = -1;
/** Of a connection: its source, its target, its last transfer; four make it a power of two. */
const WORDS = 4;
const TARGET = 1;
const LAST = 2;

export class ConnectionTable {
  /** By slot: the number of a connection. */
  private slots = new Int32Array(2 * FIRST_SIZE).fill(NONE);
  private words = new Int32Array(WORDS * FIRST_SIZE);
  private count = 0;

  /** The connection from one to the other, new if there was none. */
  numberOf(source: number, target: number): number {
    const { slots, words } = this;
    let slot = this.firstSlot(source, target);
    for (; slots[slot] !== NONE; slot = (slot + 1) & (slots.length - 1)) {
      const at = WORDS * slots[slot];
      if (words[at] === source && words[at + TARGET] === target) return slots[slot];
    }
    const number = this.count++;
    slots[slot] = number;
    words[WORDS * number] = source;
    words[WORDS * number + TARGET] = target;
    words[WORDS * number + LAST] = NONE;
    if (WORDS * this.count === words.length) this.grow();
    return number;
  }

  last(connection: number): number {
    return this.words[WORDS * connection + LAST];
  }

  setLast(connection: number, transfer: number): void {
    this.words[WORDS * connection + LAST] = transfer;
  }

  private firstSlot(source: number, target: number): number {
    const mixed = Math.imul(source, 0x9e3779b1) ^ Math.imul(target, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.slots.length - 1);
  }

  private grow(): void {
    const words = new Int32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    const slots = new Int32Array(2 * this.slots.length).fill(NONE);
    this.slots = slots;
    for (let number = 0; number < this.count; number++) {
      let slot = this.firstSlot(words[WORDS * number], words[WORDS * number + TARGET]);
      while (slots[slot] !== NONE) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number;
    }
  }
}
