/** Runs `npm run study` for tests, in this process or as one that may be killed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { Study } from '../../../scenarios/study.ts';
import { studyCommand } from '../../../sim/studies/study-command.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import type { Said } from '../commands/run-command.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Eight runs of milliseconds: two numbers of nodes, two protocols, two seeds. */
export function tinyStudy(): Study {
  return {
    name: 'tiny-study',
    base: tinyScenario(),
    vary: { 'cluster.nodes': [2, 3], protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }] },
    repeat: 2,
    measure: ['time.modelledSeconds', 'waiting.mean'],
  };
}

/** Writes a study as a JSON file; its path. */
export function studyFile(folder: string, study: unknown): string {
  const path = join(folder, 'study.json');
  writeFileSync(path, JSON.stringify(study));
  return path;
}

export async function studyHere(...words: string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const status = await studyCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

/** Runs it until the journal has so many lines, and kills it then. True if it was killed, false if it ended before. */
export function studyKilledAt(lines: number, out: string, ...words: string[]): Promise<boolean> {
  const all = ['-u', 'NODE_OPTIONS', process.execPath, '--import', 'tsx', 'sim/study.ts', ...words];
  const child = spawn('env', [...all, '--out', out], { cwd: ROOT, stdio: 'ignore' });
  const watch = setInterval(() => {
    if (journalLines(out).length >= lines) child.kill('SIGKILL');
  }, 5);
  return new Promise((resolve) =>
    child.on('close', (_status, signal) => {
      clearInterval(watch);
      resolve(signal === 'SIGKILL');
    }),
  );
}

/** The whole lines of a folder's journal. */
export function journalLines(out: string, name = 'runs.jsonl'): string[] {
  const path = join(out, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

/** The rows of results.csv. */
export function rowsIn(out: string): Record<string, string>[] {
  return parse(readFileSync(join(out, 'results.csv'), 'utf8'), { columns: true });
}
