/** Processes of a run whose conductor is gone: none stays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';

const PATIENCE_MS = 20_000;

/** Processes whose parent is that one; Linux alone says it in files. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((process) => parentOf(process) === parent);
}

function parentOf(process: number): number | null {
  try {
    const status = readFileSync(`/proc/${process}/stat`, 'utf8');
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function isRunning(process: number): boolean {
  const status = parentOf(process) !== null;
  return status && !/\) Z /.test(readFileSync(`/proc/${process}/stat`, 'utf8'));
}

async function until(holds: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS && !holds(); waitedMs += 20) await setTimeout(20);
  return holds();
}

const skip = process.platform === 'linux' ? false : 'only Linux lists processes in /proc';
for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const)
  t.test(`after ${signal} to a run on processes none of them is left`, { skip }, async (t) => {
    const words = ['sim/real.ts', '--world', 'processes', '--nodes', '3', '--no-ui'];
    const long = ['--set', 'training.iterations=1000000', '--out', `${t.testdir()}/out`];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const run = spawn(process.execPath, ['--import', 'tsx', ...words, ...long], { env });
    const exited = once(run, 'exit');
    t.ok(await until(() => childrenOf(run.pid!).length >= 3), 'all are up');
    // Beside them there may be one that compiles.
    const children = childrenOf(run.pid!);
    run.kill(signal);
    await exited;
    t.ok(await until(() => !children.some(isRunning)), 'all are gone');
  });
