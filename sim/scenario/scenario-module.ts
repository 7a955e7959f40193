/**
 * Runs a scenario module in a thread of its own, bundled with its imports. A module that never ends, ends the process
 * or leaves something running affects only that thread, and any folder name works.
 */
import { Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { BUNDLED_WORKER_OPTIONS, bundleBehind } from '../worlds/bundle.ts';
import { BadInput } from './bad-input.ts';
import type { ScenarioReport } from './scenario-thread.ts';

const THREAD = fileURLToPath(new URL('./scenario-thread.ts', import.meta.url));
const rightOf = (call: string) =>
  `a module with \`export default ${call}({ ... })\` would be right`;
/** How long a module may compute its scenario, in seconds. */
const PATIENCE_SECONDS = 60;
/** Node's exit status for a module whose top-level await never resolves. */
const UNSETTLED = 13;

export interface LoadedScenario {
  readonly scenario: unknown;
  readonly warnings: readonly string[];
}

/**
 * The default export of a module, as plain data.
 * @param file as its author calls it
 * @param path the same, absolute
 * @param call what the module exports, in words
 * @throws BadInput when it cannot be loaded, has no default export or one that is no plain data, or does not end
 */
export async function readModule(
  file: string,
  path: string,
  call: string = 'defineScenario',
  patienceSeconds: number = PATIENCE_SECONDS,
): Promise<LoadedScenario> {
  const right = rightOf(call);
  const report = await reportOf(file, path, right, patienceSeconds);
  if (report.kind === 'none') throw new BadInput(`${file} has no default export; ${right}`);
  if (report.kind === 'refused') throw new BadInput(`${file}: ${report.sentence}`);
  const { scenario, keepsRunning } = report;
  const warning = `${file} leaves a timer running, which ends with it`;
  return { scenario, warnings: keepsRunning ? [warning] : [] };
}

async function reportOf(
  file: string,
  path: string,
  right: string,
  patienceSeconds: number,
): Promise<ScenarioReport> {
  const refusal = (why: string) => new BadInput(`${file} ${why}; ${right}`);
  const bundle = await bundleBehind(path, THREAD, 'handOver').catch((error: unknown) => {
    throw refusal(`cannot be loaded (${buildFault(error)})`);
  });
  // What the module prints is not part of the results.
  const worker = new Worker(bundle, { ...BUNDLED_WORKER_OPTIONS, eval: false, stdout: true });
  worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ScenarioReport>((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', (error) => reject(refusal(`cannot be loaded (${firstLine(error)})`)));
      worker.on('exit', (status) =>
        reject(
          refusal(
            status === 0 || status === UNSETTLED
              ? 'ends, or waits for what never comes, before it exports anything'
              : `ends the process with status ${status}`,
          ),
        ),
      );
      const late = () => reject(refusal(`is not loaded after ${patienceSeconds} s`));
      timer = setTimeout(late, patienceSeconds * 1000);
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** The first error of a build, with its line. */
function buildFault(error: unknown): string {
  const { errors = [] } = error as {
    errors?: { text: string; location: { line: number } | null }[];
  };
  if (errors.length === 0) return firstLine(error);
  const [{ text, location }] = errors;
  return location ? `line ${location.line}: ${text}` : text;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0].trim().replace(/[.;]$/, '');
}
