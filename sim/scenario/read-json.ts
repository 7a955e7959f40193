/** Reads a JSON file; what is wrong with it becomes one sentence. It knows nothing of the content. */
import { readFileSync } from 'node:fs';
import { BadInput } from './bad-input.ts';
import { checkLists } from './plain-data.ts';

/**
 * The value in a JSON file; a byte-order mark is skipped.
 * @param file as its author calls it
 * @param right what would be right, such as `a JSON object with the scenario in it`
 * @throws BadInput when there is no such file, it is too large, empty or no JSON, or a list in it is too long
 */
export function readJson(file: string, right: string): unknown {
  const text = readText(file, right).replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new BadInput(`${file} is empty; ${right} would be right`);
  const value = parse(file, text, right);
  try {
    checkLists(value);
  } catch (error) {
    throw error instanceof BadInput ? new BadInput(`${file}: ${error.message}`) : error;
  }
  return value;
}

function parse(file: string, text: string, right: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // A file that is no JSON may hold anything, even a password: what Node quotes of it is left out.
    const why = (error as Error).message.replace(/, (\.\.\.)?".*$/s, '').split('\n')[0];
    throw new BadInput(`${file} is no JSON (${why}); ${right} would be right`);
  }
}

/** The text of a file. @throws BadInput when it cannot be read, or is larger than a text can be */
export function readText(file: string, right: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    throw new BadInput(
      `${file} ${WHY[code ?? ''] ?? `cannot be read (${code})`}; ${right} would be right`,
    );
  }
}

const TOO_LARGE = 'is too large to be read, 512 MB or more';
const WHY: Readonly<Record<string, string>> = {
  EISDIR: 'is a folder',
  ENOENT: 'is no file',
  ERR_STRING_TOO_LONG: TOO_LARGE,
  ERR_FS_FILE_TOO_LARGE: TOO_LARGE,
};
