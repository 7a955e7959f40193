/**
 * A node's memory: bytes held, by named item. It keeps the peak of the whole and of each item, and refuses what
 * exceeds the limit.
 */
import { formatMemory } from './format.ts';

interface Item {
  readonly name: string;
  held: number;
  peak: number;
}

/** More memory was asked for than the host has. */
export class OutOfMemory extends Error {
  /** What was held, item by item, with the refused bytes included. */
  readonly items: Record<string, number>;
  readonly limitBytes: number;

  constructor(message: string, items: Record<string, number>, limitBytes: number) {
    super(message);
    this.name = 'OutOfMemory';
    this.items = items;
    this.limitBytes = limitBytes;
  }
}

export class Ledger {
  /** A list, because there are few items: a million maps would take hundreds of megabytes. */
  private readonly items: Item[] = [];
  /** The item that was last asked for: mostly it is asked for next. */
  private recent: Item | null = null;
  private readonly limitBytes: number;
  private held = 0;
  private peak = 0;

  /** `limitBytes` is Infinity where there is no limit. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Bytes held now. */
  get heldBytes(): number {
    return this.held;
  }

  get peakBytes(): number {
    return this.peak;
  }

  /** Adds bytes to an item; throws OutOfMemory when they do not fit. */
  hold(name: string, bytes: number): void {
    checkBytes('hold', name, bytes);
    const item = this.find(name) ?? this.add(name);
    item.held += bytes;
    this.held += bytes;
    if (this.held > this.limitBytes) throw this.overLimit(name, bytes);
    if (item.held > item.peak) item.peak = item.held;
    if (this.held > this.peak) this.peak = this.held;
  }

  /** Removes bytes from an item; more than it holds is an error. */
  release(name: string, bytes: number): void {
    checkBytes('release', name, bytes);
    const item = this.find(name);
    const held = item ? item.held : 0;
    if (!item || bytes > held)
      throw new RangeError(
        `release: ${bytes} bytes of '${name}' were to be released, but only ${held} are held`,
      );
    item.held -= bytes;
    this.held -= bytes;
  }

  /** The memory is lost: nothing is held. The peaks stay. */
  clear(): void {
    for (const item of this.items) item.held = 0;
    this.held = 0;
  }

  /** Peak bytes of each item. */
  peaks(): Record<string, number> {
    const peaks: Record<string, number> = {};
    for (const { name, peak } of this.items) peaks[name] = peak;
    return peaks;
  }

  private find(name: string): Item | null {
    const { recent } = this;
    if (recent !== null && recent.name === name) return recent;
    for (const item of this.items) if (item.name === name) return (this.recent = item);
    return null;
  }

  private add(name: string): Item {
    const item = { name, held: 0, peak: 0 };
    this.items.push(item);
    return item;
  }

  private overLimit(name: string, bytes: number): OutOfMemory {
    const items: Record<string, number> = {};
    for (const item of this.items) if (item.held > 0) items[item.name] = item.held;
    return new OutOfMemory(
      `holding ${formatMemory(bytes)} more of '${name}' goes ${formatMemory(this.held - this.limitBytes)} ` +
        `over the ${formatMemory(this.limitBytes)} of the host`,
      items,
      this.limitBytes,
    );
  }
}

function checkBytes(verb: string, name: string, bytes: number): void {
  if (!(Number.isSafeInteger(bytes) && bytes >= 0))
    throw new RangeError(
      `${verb}: ${bytes} bytes of '${name}' were given, a whole number from 0 would be right`,
    );
}
