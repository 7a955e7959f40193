/** Puts what studies found into a document, in place of what stood there: below `<!-- findings: NAME -->`. */
import { readFileSync } from 'node:fs';
import { replaceFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import type { Section } from './page/document.ts';

/** The comment, and the list below it where there is one. */
const BLOCK = /<!-- findings: (\S+) -->\n(?:\n(?:- .*\n)+)?/g;

/**
 * Replaces the lists of those studies.
 * @throws BadInput when the file cannot be read or written, or has no place for one of them
 */
export function putFindings(path: string, sections: readonly Section[]): void {
  const before = readText(path);
  const places = [...before.matchAll(BLOCK)].map(([, name]) => name);
  const homeless = sections.find(({ name }) => !places.includes(name));
  if (homeless)
    throw new BadInput(
      `${path} has no place for ${show(homeless.name)}; a line <!-- findings: ${homeless.name} --> there would be right`,
    );
  const after = before.replaceAll(BLOCK, (all, name: string) => {
    const section = sections.find((one) => one.name === name);
    return section ? `<!-- findings: ${name} -->\n\n${listOf(section)}` : all;
  });
  try {
    replaceFile(path, after);
  } catch (error) {
    throw new BadInput(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}); another --into would be right`,
    );
  }
}

/** What was run comes first: a finding is one of so many runs. */
function listOf({ setUp, findings }: Section): string {
  return [setUp[0], ...findings].map((text) => `- ${text.replaceAll('<', '&lt;')}\n`).join('');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BadInput(
      `${path} cannot be read (${(error as NodeJS.ErrnoException).code}); a Markdown file would be right`,
    );
  }
}
