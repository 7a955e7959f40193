/**
 * `npm run plants`: plants the defects of plants.ts one by one in a copy of the program, and says what finds each. A test of
 * its row must go red, or the fuzzer find something within 2,000 seeds.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { ROOT } from '../docs/blocks.ts';
import type { Plant } from './plant.ts';
import { PLANTS } from './plants.ts';

const COPIED = 'engine models reports scenarios sim test package.json tsconfig.json'.split(' ');
const SEEDS = 2000;

/** Puts one text in the place of another in a file of the copy. Returns what undoes that. */
function replaced(copy: string, { file, text, planted }: Pick<Plant, 'file' | 'text' | 'planted'>) {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  const [head, tail, ...more] = before.split(text);
  if (tail === undefined || more.length > 0)
    throw new Error(
      `${file}: '${text}' stands there ${more.length + (tail ? 1 : 0)} times, not once`,
    );
  writeFileSync(path, head + planted + tail);
  return () => writeFileSync(path, before);
}

/** A copy of the program, whose fuzzer makes no finding smaller. */
function copyOfProgram(): string {
  const copy = mkdtempSync(join(tmpdir(), 'plants-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const file = 'sim/fuzz/fuzz-command.ts';
  replaced(copy, { file, text: 'SHRINK_MS = 20_000', planted: 'SHRINK_MS = 0' });
  return copy;
}

/** Exit status and output of a program of the copy. */
function run(copy: string, words: readonly string[]): Promise<{ status: number; said: string }> {
  // A test that takes its time has found nothing.
  const env = { ...process.env, TAP_TIMEOUT: '0' };
  const child = spawn(process.execPath, ['--import', 'tsx', ...words], { cwd: copy, env });
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (said += data));
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ status: code ?? 1, said })),
  );
}

/** What finds it: a claim or the test; null if nothing does. */
async function finderOf(copy: string, { protocol, foundBy }: Plant): Promise<string | null> {
  if (protocol === null) {
    const { status } = await run(copy, ['--import', './test/fixed-draws.ts', foundBy]);
    return status === 0 ? null : foundBy;
  }
  const seeds = ['--seeds', `${SEEDS}`, '--first', '--threads', '1'];
  const { said } = await run(copy, ['sim/fuzz.ts', '--protocol', protocol, ...seeds]);
  return /^seed \d+ breaks ([\w-]+)/m.exec(said)?.[1] ?? null;
}

const { args, jobs } = (() => {
  const command = new Command('npm run plants --')
    .description('Plants defects in a copy of the program one by one, and says what finds each.')
    .addArgument(new Argument('[word]', 'only those with that in their row').default(''))
    .addOption(new Option('--jobs <n>', 'copies at a time').default(1).argParser(Number))
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse();
  return { args: command.processedArgs as [string], jobs: command.opts<{ jobs: number }>().jobs };
})();

const rowOf = ({ defect, file, protocol, foundBy }: Plant) =>
  [defect, file, protocol ?? 'test', foundBy].join(' | ');
const left = PLANTS.filter((plant) => rowOf(plant).includes(args[0]));
let survivors = 0;

async function replayAll(): Promise<void> {
  const copy = copyOfProgram();
  for (let plant = left.shift(); plant !== undefined; plant = left.shift()) {
    const undo = replaced(copy, plant);
    const finder = await finderOf(copy, plant);
    undo();
    if (finder === null) survivors++;
    const told = finder === plant.foundBy ? 'found' : `found by ${finder}`;
    console.log(`${finder === null ? 'SURVIVES' : told}: ${rowOf(plant)}`);
  }
  rmSync(copy, { recursive: true });
}

await Promise.all(Array.from({ length: jobs }, replayAll));
process.exitCode = survivors > 0 ? 1 : 0;
