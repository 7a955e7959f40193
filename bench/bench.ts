/**
 * Runs the benchmarks of this folder, or those named on the command line (`npm run bench -- kernel simulation`).
 * Each is a module that exports `bench(print)`. Figures are printed, never asserted.
 */
import { readdirSync } from 'node:fs';
import { Argument, Command } from 'commander';

interface Bench {
  bench(print: (line: string) => void): Promise<void>;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const parser = new Command('npm run bench --')
  .description('Runs benchmarks and prints their figures.')
  .addArgument(new Argument('[names...]', 'which; all when left out').choices(names))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse();
// Who has read enough (`| head`) hangs up, and there is nobody left to measure for.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? 0 : 1),
);
for (const name of parser.args.length > 0 ? parser.args : names) {
  const module = (await import(new URL(`${name}.ts`, folder).href)) as Bench;
  await module.bench((line) => console.log(line));
}
