/**
 * The order of the transfers between two nodes: one connection a direction, first in, first out, as TCP, gloo and NCCL
 * keep it. Only the first transfer of a connection takes a share of the links; the others wait for their turn.
 */
import { ConnectionTable } from './connection-table.ts';
import { grownIntegers } from './growth.ts';

const NONE = -1;
/** Of a transfer: its connection, and the transfers before and after it; four make it a power of two. */
const WORDS = 4;
const BEFORE = 1;
const AFTER = 2;

export class Connections {
  private readonly table = new ConnectionTable();
  private words = new Int32Array(0);

  /** Makes room for transfers 0 to size - 1. */
  reserve(size: number): void {
    this.words = grownIntegers(this.words, WORDS * size);
  }

  /** Puts a transfer at the end of the connection from one to the other. */
  join(transfer: number, source: number, target: number): void {
    const { words, table } = this;
    const connection = table.numberOf(source, target);
    const last = table.last(connection);
    table.setLast(connection, transfer);
    const at = WORDS * transfer;
    words[at] = connection;
    words[at + BEFORE] = last;
    words[at + AFTER] = NONE;
    if (last !== NONE) words[WORDS * last + AFTER] = transfer;
  }

  /** Whether it is that transfer's turn. */
  isFirst(transfer: number): boolean {
    return this.words[WORDS * transfer + BEFORE] === NONE;
  }

  /** Takes a transfer out, wherever it stands. Gives the transfer whose turn has come with it, or -1. */
  leave(transfer: number): number {
    const { words } = this;
    const at = WORDS * transfer;
    const before = words[at + BEFORE];
    const after = words[at + AFTER];
    if (after === NONE) this.table.setLast(words[at], before);
    else words[WORDS * after + BEFORE] = before;
    if (before === NONE) return after;
    words[WORDS * before + AFTER] = after;
    return NONE;
  }
}
