/**
 * Runs the benchmarks of this folder, or those named on the command line (`npm run bench -- kernel simulation`).
 * Each is a module that exports `bench(print)`. Figures are printed, never asserted. Each runs in a process of its own:
 * what one has compiled and loaded changes the speed of the next (the module that reads the command line alone by a
 * tenth), and a simulation has a thread to itself as well.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';

const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const parser = new Command('npm run bench --')
  .description('Runs benchmarks and prints their figures.')
  .addArgument(new Argument('[names...]', 'which; all when left out').choices(names))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();
/** How a process ends whose reader has gone away, as a shell says it. */
const HUNG_UP = 128 + constants.signals.SIGPIPE;
const runner = fileURLToPath(new URL('cases/run.ts', import.meta.url));
for (const name of parser.args.length > 0 ? parser.args : names) {
  const command = [...process.execArgv, runner, name];
  const { status, signal } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0)
    process.exit(status === HUNG_UP ? 0 : (status ?? 128 + constants.signals[signal!]));
}
