/** Runs the benchmark that is named. */
interface Bench {
  bench(print: (line: string) => void): Promise<void>;
}

// Who has read enough (`| head`) hangs up, and there is nobody left to measure for.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? 141 : 1),
);
const [name] = process.argv.slice(2);
const module = (await import(new URL(`../${name}.ts`, import.meta.url).href)) as Bench;
await module.bench((line) => console.log(line));
