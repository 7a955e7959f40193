import isInCi from 'is-in-ci';

/** Where a command writes: the process's own streams, or a test's. */
export interface CommandStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** True where a live screen can be drawn. */
  readonly isTerminal: boolean;
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
  // Under continuous integration Ink draws nothing before the end, terminal or not.
  const isTerminal = !isInCi && stdout.isTTY === true && process.stdin.isTTY === true;
  return { stdout, stderr, isTerminal };
}
