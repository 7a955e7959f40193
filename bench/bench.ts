/**
 * Runs the benchmarks of this folder, or those named on the command line (`npm run bench -- kernel simulation`).
 * Each is a module that exports `bench(print)`. Figures are printed, never asserted.
 */
import { readdirSync } from 'node:fs';

interface Bench {
  bench(print: (line: string) => void): Promise<void>;
}

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'bench.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark '${unknown.join("', '")}'; there are: ${names.join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  for (const name of wanted.length > 0 ? wanted : names) {
    const module = (await import(new URL(`${name}.ts`, folder).href)) as Bench;
    await module.bench((line) => console.log(line));
  }
}
