/** Streams and exit statuses of commands. */
import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import isInCi from 'is-in-ci';
import { writeAll } from '../output/whole-file.ts';
import { plainLines } from '../plain-text.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { OpeningLine } from './opening-line.ts';

/** Where a command writes: the process's own streams, or a test's. */
export interface CommandStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** True where a live screen can be drawn. */
  readonly isTerminal: boolean;
  /** The status line before there is anything to show. */
  readonly opening?: OpeningLine;
}

/** Exit statuses of every command (docs/ARCHITECTURE.md section 9); of other interruptions see `interrupts.ts`. */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Runs a command, and explains bad input on stderr. */
export async function explaining(
  { stderr }: CommandStreams,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
}

/**
 * Whether a live screen can be drawn: on a terminal that has keys and can move the cursor. Under continuous
 * integration Ink draws nothing before the end.
 */
export function canDraw(
  stdin: { isTTY?: boolean },
  stdout: { isTTY?: boolean },
  terminal = process.env['TERM'],
  isCi = isInCi,
): boolean {
  return stdout.isTTY === true && stdin.isTTY === true && terminal !== 'dumb' && !isCi;
}

/** Errors that mean that nobody reads any more: a pipe without a reader (`| head`), a closed terminal. */
const NOBODY_READS = ['EPIPE', 'EIO', 'ECONNRESET'];

/**
 * Runs a command with the arguments and streams of this process, and sets its exit status. A reader that has gone
 * away ends no run; output that a full disk did not take is a failure.
 */
export async function runAsProcess(
  command: (words: readonly string[], streams: CommandStreams) => number | Promise<number>,
): Promise<void> {
  const { stdin, stdout, stderr } = process;
  let isCut = false;
  const failed = (error: NodeJS.ErrnoException): void => {
    if (isCut || NOBODY_READS.includes(error.code ?? '')) return;
    isCut = true;
    stderr.write(`stdout cannot be written: ${error.message}\n`);
  };
  for (const stream of [stdin, stdout, stderr]) {
    stream.on('error', failed);
    // Node restores terminals at exit, and aborts where one of them is gone by then.
    if (stream.isTTY) process.on('exit', () => isatty(stream.fd) || closeSync(stream.fd));
  }
  const isTerminal = canDraw(stdin, stdout);
  const opening = new OpeningLine(isTerminal ? stdout : null);
  const whole = fstatSync(stdout.fd).isFile() ? wholeOutput(stdout.fd, failed) : stdout;
  const status = await command(process.argv.slice(2), {
    stdout: opening.before(whole),
    stderr: opening.before({ write: (text) => stderr.write(plainLines(text)) }),
    isTerminal,
    opening,
  });
  process.exitCode = isCut && status === EXIT.done ? EXIT.failed : status;
}

/** Writes to a file and reports errors: Node's own stream ignores what a full disk leaves out. */
function wholeOutput(file: number, failed: (error: Error) => void): CommandStreams['stdout'] {
  return {
    write: (text) => {
      try {
        writeAll(file, text);
      } catch (error) {
        failed(error as Error);
      }
    },
  };
}
