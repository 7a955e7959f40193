/**
 * What a position has sent of one kind in this iteration and the one before, so that a neighbour that is made anew, or
 * has missed it, can be sent it again (PROTOCOLS C). Entries are numbered from the start of the run.
 */

/** Iterations that are kept: a neighbour is never further behind. */
export const LOGGED_ITERATIONS = 2;

export class SentLog<Entry> {
  /** The number of the oldest entry. */
  private first: number;
  private entries: Entry[] = [];

  /** The next entry will be that one. */
  constructor(first: number) {
    this.first = first;
  }

  /** The number of the next entry. */
  get end(): number {
    return this.first + this.entries.length;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
  }

  /** The entries from that one on. Throws a RangeError if it is kept no more. */
  from(index: number): readonly Entry[] {
    if (index < this.first)
      throw new RangeError(`the log begins with entry ${this.first}, and ${index} was asked for`);
    return this.entries.slice(index - this.first);
  }

  /** Forgets all entries before that one; gives how many there were. */
  forget(index: number): number {
    const count = Math.min(Math.max(0, index - this.first), this.entries.length);
    this.entries = this.entries.slice(count);
    this.first += count;
    return count;
  }
}
