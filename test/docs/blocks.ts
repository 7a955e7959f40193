/**
 * Blocks of a document that are made, not written: a comment names where the fenced block below it comes from. It is
 * `<!-- output: COMMAND -->`, a command line, or `<!-- file: PATH -->`, either with what filters it after the first ` | `. A
 * command is run once, however many blocks show a part of its output. Below `<!-- table: NAME -->` stands a table.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableOf } from './tables.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The comment, the fence, what is in it, and the fence that ends it. */
const BLOCK = /<!-- (output|file): (.+) -->\n\n(```\w*\n)([^]*?)(```\n)/g;
const TABLE = /<!-- table: (\w+) -->\n\n(?:\|.*\n)*/g;
const COMMAND = /^npm run -s (sim|real|fuzz) -- (.+)$/;

export type Source = (kind: 'output' | 'file' | 'table', text: string) => string;

/** The document with every such block as its source gives it. */
export function remade(document: string, source: Source): string {
  return document
    .replaceAll(BLOCK, (_all, kind: 'output' | 'file', text, fence, _old, end) => {
      return `<!-- ${kind}: ${text} -->\n\n${fence}${source(kind, text).trimEnd()}\n${end}`;
    })
    .replaceAll(TABLE, (_all, name) => `<!-- table: ${name} -->\n\n${source('table', name)}`);
}

export function blockCount(document: string): number {
  return [...document.matchAll(BLOCK), ...document.matchAll(TABLE)].length;
}

/** Paths of the documents, from the project's folder. */
export function documents(): string[] {
  const inDocs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)];
}

const fileText = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The source that reads files and runs commands, each once. */
export function realSource(): Source {
  const outputs = new Map<string, string>();
  return (kind, text) => {
    if (kind === 'table') return tableOf(text);
    const [from, ...filters] = text.split(' | ');
    const make = kind === 'file' ? fileText : outputOf;
    const output = outputs.get(from) ?? make(from);
    outputs.set(from, output);
    return filters.length === 0 ? output : shell(filters.join(' | '), output);
  };
}

/** What the command says, on stdout and stderr. Its results are written to a folder that goes at once. */
function outputOf(command: string): string {
  const [, verb, words] = COMMAND.exec(command) ?? [];
  if (!verb) throw new Error(`'${command}' is no command of this project, in its silent form`);
  const out = mkdtempSync(join(tmpdir(), 'ringtmp-docs-'));
  try {
    const ui = verb === 'fuzz' ? '' : '--no-ui';
    return shell(`node --import tsx sim/${verb}.ts ${words} ${ui} --out ${out} 2>&1`);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function shell(line: string, input = ''): string {
  const { status, stdout } = spawnSync('bash', ['-c', line], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`'${line}' ended with status ${status}:\n${stdout}`);
  return stdout;
}
