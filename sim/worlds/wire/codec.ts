/**
 * Plain data as bytes: null, booleans, numbers, strings, typed arrays, and arrays and objects of those. Each value is
 * one byte that says its kind, then its content, little-endian; typed arrays are their raw memory. Large ones are apart
 * from the rest, so that each can be received into memory of its own. A reader trusts nothing: whatever the bytes are, it
 * gives plain data or throws `WireError`, and takes no more memory than they have.
 */

/** Bytes that are no message of ours. */
export class WireError extends Error {}

const KIND = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  integer: 4,
  number: 5,
  text: 6,
  array: 7,
  object: 8,
  typed: 9,
  apart: 10,
} as const;

const TYPED = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  Uint8ClampedArray,
] as const;

/** Deeper data is refused: a reader that calls itself must not run out of stack. */
const DEEPEST = 64;
/** Typed arrays up to that size are copied beside what is before them: many small pieces cost more than a copy. */
export const SMALL_BYTES = 1024;

/** What was written: all but the large arrays, and those in order. */
export interface Written {
  readonly content: Uint8Array;
  readonly arrays: readonly Uint8Array[];
}

/** Writes values one behind the other. Large arrays are lent, not copied: what was written is valid until they change. */
export class WireWriter {
  private readonly arrays: Uint8Array[] = [];
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  get written(): Written {
    return { content: this.bytes.subarray(0, this.at), arrays: this.arrays };
  }

  integer32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  number64(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
    return this;
  }

  /** @throws WireError for what is no plain data, or is nested too deep */
  value(value: unknown, depth = 0): this {
    if (depth > DEEPEST) throw new WireError(`data is nested more than ${DEEPEST} deep`);
    if (value === null) return this.kind(KIND.null);
    if (value === undefined) return this.kind(KIND.undefined);
    if (typeof value === 'boolean') return this.kind(value ? KIND.true : KIND.false);
    if (typeof value === 'number') return this.number(value);
    if (typeof value === 'string') return this.kind(KIND.text).text(value);
    if (ArrayBuffer.isView(value)) return this.typed(value);
    if (Array.isArray(value)) {
      this.kind(KIND.array).integer32(value.length);
      for (const part of value) this.value(part, depth + 1);
      return this;
    }
    if (typeof value !== 'object') throw new WireError(`a ${typeof value} is no plain data`);
    const entries = Object.entries(value);
    this.kind(KIND.object).integer32(entries.length);
    for (const [key, part] of entries) this.text(key).value(part, depth + 1);
    return this;
  }

  private kind(kind: number): this {
    this.reserve(1);
    this.bytes[this.at++] = kind;
    return this;
  }

  private number(value: number): this {
    const isSmall = (value | 0) === value && !Object.is(value, -0);
    return isSmall
      ? this.kind(KIND.integer).integer32(value)
      : this.kind(KIND.number).number64(value);
  }

  private text(text: string): this {
    const bytes = Buffer.from(text, 'utf8');
    return this.integer32(bytes.length).raw(bytes);
  }

  private typed(array: ArrayBufferView): this {
    const type = TYPED.findIndex((one) => array instanceof one);
    if (type < 0) throw new WireError('a DataView is no plain data');
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    if (bytes.length > SMALL_BYTES) {
      this.arrays.push(bytes);
      return this.kind(KIND.apart).kind(type);
    }
    return this.kind(KIND.typed).kind(type).integer32(bytes.length).raw(bytes);
  }

  private raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads values one behind the other. Typed arrays own their memory: small ones are copies. */
export class WireReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly arrays: readonly Uint8Array[];
  private at = 0;
  private arraysRead = 0;

  /** @param written each array of it owns its memory, and is given on */
  constructor({ content: bytes, arrays }: Written) {
    this.bytes = bytes;
    this.arrays = arrays;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  integer32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  number64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** @throws WireError */
  value(depth = 0): unknown {
    if (depth > DEEPEST) throw new WireError(`data is nested more than ${DEEPEST} deep`);
    const kind = this.bytes[this.take(1)];
    switch (kind) {
      case KIND.null:
        return null;
      case KIND.undefined:
        return undefined;
      case KIND.false:
        return false;
      case KIND.true:
        return true;
      case KIND.integer:
        return this.integer32() | 0;
      case KIND.number:
        return this.number64();
      case KIND.text:
        return this.text();
      case KIND.array:
        return this.array(depth);
      case KIND.object:
        return this.object(depth);
      case KIND.typed:
        return this.typed();
      case KIND.apart:
        return this.apart();
      default:
        throw new WireError(`no kind of value has the number ${kind}`);
    }
  }

  /** @throws WireError if anything is left */
  end(): void {
    const left = this.bytes.length - this.at;
    if (left > 0) throw new WireError(`${left} bytes are left over`);
    const arraysLeft = this.arrays.length - this.arraysRead;
    if (arraysLeft > 0) throw new WireError(`${arraysLeft} arrays are left over`);
  }

  private array(depth: number): unknown[] {
    const count = this.count();
    const array: unknown[] = [];
    for (let place = 0; place < count; place++) array.push(this.value(depth + 1));
    return array;
  }

  private object(depth: number): Record<string, unknown> {
    const count = this.count();
    const object: Record<string, unknown> = {};
    for (let place = 0; place < count; place++) {
      const key = this.text();
      if (key === '__proto__') throw new WireError("'__proto__' is no name of a field");
      object[key] = this.value(depth + 1);
    }
    return object;
  }

  /** Every part takes a byte at least: a larger number is a lie, and no memory is taken for it. */
  private count(): number {
    const count = this.integer32();
    if (count > this.bytes.length - this.at)
      throw new WireError(`${count} parts do not fit into the bytes that are left`);
    return count;
  }

  private text(): string {
    const length = this.integer32();
    const start = this.take(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length).toString('utf8');
  }

  private typed(): ArrayBufferView {
    const type = this.type();
    const length = this.integer32();
    const start = this.bytes.byteOffset + this.take(length);
    return arrayOf(type, this.bytes.buffer.slice(start, start + length) as ArrayBuffer);
  }

  private apart(): ArrayBufferView {
    const type = this.type();
    const array = this.arrays[this.arraysRead++] as Uint8Array | undefined;
    if (array === undefined) throw new WireError('an array was announced, and is not there');
    return arrayOf(type, array.buffer as ArrayBuffer);
  }

  private type(): (typeof TYPED)[number] {
    const type = TYPED[this.bytes[this.take(1)]] as (typeof TYPED)[number] | undefined;
    if (type === undefined) throw new WireError('there is no such type of array');
    return type;
  }

  private take(count: number): number {
    const start = this.at;
    if (count > this.bytes.length - start)
      throw new WireError(`${count} bytes were announced, ${this.bytes.length - start} are left`);
    this.at += count;
    return start;
  }
}

function arrayOf(type: (typeof TYPED)[number], memory: ArrayBuffer): ArrayBufferView {
  if (memory.byteLength % type.BYTES_PER_ELEMENT !== 0)
    throw new WireError(`${memory.byteLength} bytes are no whole number of elements`);
  return new type(memory);
}
