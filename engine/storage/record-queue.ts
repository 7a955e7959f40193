/**
 * What one node in one incarnation writes to its host's own disk, the same in every world: one write at a time, and of the
 * records that wait only the newest. It must not know what a disk is, nor how long it takes.
 */
import { plainCopy } from './plain-copy.ts';

export interface RecordWrite {
  readonly record: object;
  readonly bytes: number;
}

export class RecordQueue {
  private isWriting = false;
  private next: RecordWrite | null = null;
  private readonly begin: (write: RecordWrite) => void;

  /** `begin` starts a write, and has the node told when it has ended. */
  constructor(begin: (write: RecordWrite) => void) {
    this.begin = begin;
  }

  /** Takes a copy of the record, to be written as soon as the write under way is over. */
  put(record: object, bytes: number): void {
    this.next = { record: plainCopy(record, 'persist: the record'), bytes };
    if (!this.isWriting) this.beginNext();
  }

  /**
   * The node is about to be told that its write has ended. Only then the next one begins: a node that has not been told
   * takes its write for one under way, and must be right about which of its records was replaced.
   */
  told(): void {
    this.isWriting = false;
    if (this.next) this.beginNext();
  }

  private beginNext(): void {
    const write = this.next!;
    this.next = null;
    this.isWriting = true;
    this.begin(write);
  }
}
