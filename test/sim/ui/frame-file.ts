/**
 * Frames kept as text files under `frames/`, to be read as they look. `FRAMES=write` before the command that runs a
 * test writes them anew; what changed is for a person to look at before it is committed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The frame of that name as it should be; first writes `frame` to its file when asked to. */
export function expectedFrame(name: string, frame: string): string {
  const file = fileURLToPath(new URL(`frames/${name}.txt`, import.meta.url));
  if (process.env['FRAMES'] === 'write') writeFileSync(file, `${frame}\n`);
  return readFileSync(file, 'utf8').slice(0, -1);
}

/** Blanks at the ends of lines are of no interest, and editors remove them. */
export function withoutTrailingBlanks(frame: string): string {
  return frame.replace(/ +$/gm, '');
}
