/** Where commands write, and how they end: their streams and exit statuses. */
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
  /** What is said before there is anything to show. */
  readonly opening?: OpeningLine;
}

/** Exit statuses of every command (docs/ARCHITECTURE.md section 8); of other interruptions see `interrupts.ts`. */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Does the work of a command, and explains bad input on stderr. */
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
 * Whether a live screen can be drawn: on a terminal, with keys, that can go back. Under continuous integration Ink draws
 * nothing before the end, terminal or not.
 */
export function canDraw(
  stdin: { isTTY?: boolean },
  stdout: { isTTY?: boolean },
  terminal = process.env['TERM'],
  isCi = isInCi,
): boolean {
  return stdout.isTTY === true && stdin.isTTY === true && terminal !== 'dumb' && !isCi;
}

/** Nobody reads any more: a pipe without a reader (`| head`), a terminal that has been closed. */
const NOBODY_READS = ['EPIPE', 'EIO', 'ECONNRESET'];

/**
 * Runs a command as this process does: with its arguments and streams, and its status as the exit status. A reader that has
 * gone away ends no run; what a full disk did not take of stdout is a failure.
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
    // Node sets terminals back at the very end, and aborts where one of them is gone by then.
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

/** Writes to a file as far as it takes it: Node's own stream overlooks what a full disk leaves out. */
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
