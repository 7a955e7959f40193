/** The one file that a command writes its result to, or stdout where none is named. */
import { interruptible } from './interrupts.ts';
import { EXIT, type CommandStreams } from './streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { replaceFile, tryFile } from '../output/whole-file.ts';

/**
 * Whether the file can be written is found before anything is computed. Returns the exit status.
 * @throws BadInput when it cannot
 */
export function tryOut(path: string | undefined): Promise<number> {
  if (path === undefined) return Promise.resolve(EXIT.done);
  return interruptible(() => {
    try {
      tryFile(path);
      return EXIT.done;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new BadInput(
        `--out ${path} cannot be written (${code ?? message}); another file would be right`,
      );
    }
  });
}

/** Writes the text, whole or not at all. Returns the exit status. */
export function writeOut(
  path: string | undefined,
  text: string,
  { stdout, stderr }: CommandStreams,
): Promise<number> {
  if (path === undefined) {
    stdout.write(text);
    return Promise.resolve(EXIT.done);
  }
  return interruptible(() => {
    try {
      replaceFile(path, text);
      return EXIT.done;
    } catch (error) {
      stderr.write(`the result cannot be written: ${(error as Error).message}\n`);
      return EXIT.failed;
    }
  });
}
