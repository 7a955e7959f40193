import isInCi from 'is-in-ci';
import { OpeningLine } from './opening-line.ts';

/** Where a command writes: the process's own streams, or a test's. */
export interface CommandStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** True where a live screen can be drawn. */
  readonly isTerminal: boolean;
  /** What is said before there is anything to show. */
  readonly opening?: OpeningLine;
}

/** Exit statuses of every command (docs/ARCHITECTURE.md section 7). */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** The streams of this process. A reader that has gone away (`| head`) ends no run. */
export function processStreams(): CommandStreams {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  // Under continuous integration Ink draws nothing before the end, terminal or not; a dumb terminal cannot go back.
  const canDraw = !isInCi && process.env['TERM'] !== 'dumb';
  const isTerminal = canDraw && stdout.isTTY === true && process.stdin.isTTY === true;
  const opening = new OpeningLine(isTerminal ? stdout : null);
  return {
    stdout: opening.before(stdout),
    stderr: opening.before(stderr),
    isTerminal,
    opening,
  };
}
