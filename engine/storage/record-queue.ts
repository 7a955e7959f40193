/**
 * Writes of one incarnation to its host's disk, the same in every world: one at a time, and of the waiting records
 * only the newest. It must not know what a disk is, nor how long it takes.
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

  /** `begin` starts a write; the node is told when it has ended. */
  constructor(begin: (write: RecordWrite) => void) {
    this.begin = begin;
  }

  /** Takes a copy of the record, and writes it as soon as the running write is over. */
  put(record: object, bytes: number): void {
    this.next = { record: plainCopy(record, 'persist: the record'), bytes };
    if (!this.isWriting) this.beginNext();
  }

  /**
   * The node is about to be told that its write has ended. Only then does the next one begin: a node that has not
   * been told takes its write for a running one, and must be right about which of its records may have been replaced.
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
