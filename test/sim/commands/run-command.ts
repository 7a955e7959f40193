/** Runs `npm run sim` for tests: in this process where that is enough, or as a process of its own. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../../../reports/summary.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { simulateCommand } from '../../../sim/commands/simulate.ts';
import type { SummaryFile } from '../../../sim/output/results.ts';

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export async function runHere(words: readonly string[]): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const status = await simulateCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

/**
 * `onStderr` is told of all of stderr at each piece, with the means to signal the process. `options` are Node's;
 * `stdout` is a file that takes stdout.
 */
export function runProcess(
  words: readonly string[],
  onStderr: (text: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
  options: readonly string[] = [],
  stdout: string | null = null,
): Promise<Said> {
  const all = ['--import', 'tsx', ...options, 'sim/sim.ts', ...words];
  const output = stdout === null ? 'pipe' : openSync(stdout, 'w');
  // The test runner has every process it starts load hooks that hear signals, and keep alive what these would have ended.
  const plain = ['-u', 'NODE_OPTIONS', process.execPath, ...all];
  const child = spawn('env', plain, { cwd: ROOT, stdio: ['pipe', output, 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text: Buffer) => (said.stdout += text.toString()));
  child.stderr!.on('data', (text: Buffer) => {
    said.stderr += text.toString();
    onStderr(said.stderr, (signal) => child.kill(signal));
  });
  return new Promise((resolve) =>
    child.on('close', (status) => {
      if (typeof output === 'number') closeSync(output);
      resolve({ status, ...said });
    }),
  );
}

/** Writes the scenario as a JSON file; its path. */
export function scenarioFile(folder: string, scenario: Scenario): string {
  const path = join(folder, `${scenario.name}.json`);
  writeFileSync(path, JSON.stringify(scenario));
  return path;
}

/** The runs in summary.json of a result folder. */
export function summariesIn(folder: string): readonly Summary[] {
  return (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as SummaryFile).runs;
}
