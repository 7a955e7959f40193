/** Signals between the nodes of a case and whoever runs it, in whatever process they are: the bytes of a file. */
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'flags-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** A new file of signals, none given yet. Its name is all that others need. */
export function newFlags(): string {
  const file = join(folder, String(made++));
  appendFileSync(file, '');
  return file;
}

export function signal(file: string): void {
  appendFileSync(file, '.');
}

export function signals(file: string): number {
  return statSync(file).size;
}

/** Blocks until the first signal, for ten seconds at most. */
export function awaitSignal(file: string): void {
  for (let waits = 0; waits < 10_000 && signals(file) === 0; waits++) stand(1);
}

/** Blocks for so many milliseconds. */
export function stand(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
