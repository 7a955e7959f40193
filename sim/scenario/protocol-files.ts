/**
 * Files that options of protocols name. An option `{ file }` becomes `{ rows }`, with the lines of the file, so that a
 * resolved scenario needs no file any more. It knows no protocol, and nothing of what the lines say.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BadInput } from './bad-input.ts';
import type { ParsedScenario } from './schema/schema.ts';
import { show } from './show.ts';

type Written = ParsedScenario['protocol'];
type Options = Exclude<Written, readonly unknown[]>;

/**
 * The protocols, with what their files say.
 * @param folder what the files' names start from
 * @throws BadInput when there is no such file
 */
export async function readProtocolFiles(written: Written, folder: string): Promise<Written> {
  if (!Array.isArray(written)) return withFiles(written, 'protocol', folder);
  const read: Options[] = [];
  for (const [index, options] of written.entries())
    read.push(await withFiles(options, `protocol[${index}]`, folder));
  return read;
}

async function withFiles(options: Options, path: string, folder: string): Promise<Options> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const file = (value as { file?: unknown } | null | undefined)?.file;
    if (typeof file === 'string')
      read[name] = { rows: await linesOf(file, `${path}.${name}.file`, folder) };
  }
  return { ...options, ...read };
}

async function linesOf(file: string, path: string, folder: string): Promise<string[]> {
  const text = await readFile(resolve(folder, file), 'utf8').catch(() => null);
  if (text === null)
    throw new BadInput(
      `${path} is ${show(file)}, which is no file in ${folder}; a text file would be right`,
    );
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  return lines;
}
