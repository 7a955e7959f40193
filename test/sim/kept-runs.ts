/** Real runs that are kept in a folder while they run, and are killed at some instant. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { executeCommand } from '../../sim/commands/execute.ts';

const ENTRY = fileURLToPath(new URL('../../sim/real.ts', import.meta.url));
export const ITERATIONS = 60;

const SCENARIO = {
  name: 'kept',
  seed: 4,
  cluster: {
    nodes: 3,
    host: { speed: '1 GFLOP/s' },
    network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
  },
  model: { kind: 'mlp', layers: [6, 7, 5, 3] },
  data: { kind: 'synthetic', train: 40, test: 10 },
  training: { batch: 12, microBatches: 3, iterations: ITERATIONS, learningRate: 0.05 },
  detector: {},
  checkpoint: { every: 5, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
};

export function placed(t: Test, protocol: object): { folder: string; file: string; kept: string } {
  const folder = t.testdir();
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify({ ...SCENARIO, protocol }));
  return { folder, file, kept: join(folder, 'out-checkpoints') };
}

/** A run in a group of processes of its own. */
export function begin(words: readonly string[]): ChildProcess {
  const command = ['--import', 'tsx', ENTRY, ...words, '--no-ui'];
  return spawn(process.execPath, command, { detached: true, stdio: 'ignore' });
}

export async function killAll(run: ChildProcess): Promise<void> {
  if (run.exitCode !== null) return;
  const over = once(run, 'exit');
  process.kill(-run.pid!, 'SIGKILL');
  await over;
}

export async function execute(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const status = await executeCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

/** Waits until the journal has so many lines; false if the run has ended before. */
export async function madeIterations(
  run: Pick<ChildProcess, 'exitCode'>,
  kept: string,
  count: number,
): Promise<boolean> {
  const journal = join(kept, 'journal');
  while (run.exitCode === null) {
    const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0;
    if (lines >= count) return true;
    await setTimeout(5);
  }
  return false;
}
