/**
 * Holds the trace of a run until the results are written: an unnamed file, which disappears with the process. The
 * simulating thread writes to it piece by piece, so that a trace need not fit in memory.
 */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Trace } from '../../reports/trace.ts';

/** Characters and bytes written and read at once. */
const PIECE = 1 << 16;

/** The spool file, for a thread; plain data. */
export interface TraceRequest {
  readonly file: number;
  /** Jobs and messages of each run, at most. */
  readonly limit: number;
  /** How many runs of another world are before these in trace.json; none if left out. */
  readonly runsBefore?: number;
}

/** One run's part of the file, and how much was left out; plain data. */
export interface SpooledTrace {
  readonly file: number;
  readonly from: number;
  readonly to: number;
  readonly leftOut: number;
}

/** Opens a new unnamed file and returns its descriptor. The caller closes it. */
export function openSpool(): number {
  const path = join(tmpdir(), `ringtmp-trace-${process.pid}-${process.hrtime.bigint()}`);
  const file = openSync(path, 'wx+');
  unlinkSync(path);
  return file;
}

export function closeSpool(file: number): void {
  closeSync(file);
}

/** Writes the trace of one run after those before it. */
export class TraceSpool {
  private text = '';
  private to: number;

  constructor(
    private readonly file: number,
    private readonly from: number,
  ) {
    this.to = from;
  }

  write(text: string): void {
    this.text += text;
    if (this.text.length >= PIECE) this.flush();
  }

  /** All that was written. */
  end(leftOut: number): SpooledTrace {
    this.flush();
    return { file: this.file, from: this.from, to: this.to, leftOut };
  }

  private flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    for (let done = 0; done < bytes.length;) {
      const count = writeSync(this.file, bytes, done, bytes.length - done, this.to);
      done += count;
      this.to += count;
    }
  }
}

/** The spooled trace, for reports. It can be read as long as the file is open. */
export function readSpool({ file, from, to, leftOut }: SpooledTrace): Trace {
  function* pieces(): Generator<string> {
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(PIECE);
    for (let at = from; at < to;) {
      const count = readSync(file, buffer, 0, Math.min(PIECE, to - at), at);
      if (count === 0) throw new Error('the file of the trace is shorter than what was written');
      at += count;
      yield decoder.write(buffer.subarray(0, count));
    }
  }
  return { pieces, leftOut };
}
