/** What every command that runs a scenario tells people: before, while and after it runs. */
import { failureText } from '../../reports/failure-text.ts';
import type { Summary } from '../../reports/summary.ts';
import { summaryTable } from '../../reports/table.ts';
import { writeResultFolder } from '../output/result-folder.ts';
import { resultFiles, type Results } from '../output/results.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ScreenSource } from '../ui/app.tsx';
import type { Progress } from '../ui/view-source.ts';
import type { CommandStreams } from './streams.ts';

/** What runs, in one line: enough to run it again. */
export function heading({ name, seed, cluster, training, protocol }: ResolvedScenario): string {
  const { kind, sharing } = cluster.network;
  const labels = protocol.map(({ label }) => label).join(', ');
  return (
    `${name}: seed ${seed}, ${cluster.nodes} nodes, ${kind} (${sharing}), ${labels}, ` +
    `${training.numerics} numerics, ${training.iterations} iterations of ${training.batch} samples`
  );
}

/**
 * Follows a run on the screen or in plain lines, until the progress it returns is told that it is over. `quit` is what
 * the keys of the screen call.
 */
export async function showProgress(
  world: ScreenSource,
  quit: () => void,
  onScreen: boolean,
  streams: CommandStreams,
): Promise<Progress> {
  const source: ScreenSource = {
    view: () => world.view(),
    pause: () => world.pause(),
    resume: () => world.resume(),
    quit,
  };
  if (onScreen) {
    const { showScreen } = await import('../ui/app.tsx');
    streams.opening?.clear();
    return showScreen(source);
  }
  return (await import('../ui/plain.ts')).showPlain(source, streams.stderr);
}

/** The summaries side by side, on stdout; nothing when there are none. */
export function tellTable(summaries: readonly Summary[], { stdout }: CommandStreams): void {
  if (summaries.length > 0) stdout.write(`${summaryTable(summaries).trimEnd()}\n`);
}

/** Writes the results; when that fails it says why on stderr, and the caller still has them to tell. */
export function keepResults(
  folder: string,
  scenario: ResolvedScenario,
  results: Results,
  { stderr }: CommandStreams,
): boolean {
  try {
    writeResultFolder(folder, resultFiles(scenario, results));
    return true;
  } catch (error) {
    stderr.write(`the results cannot be written: ${(error as Error).message}\n`);
    return false;
  }
}

/** What the runs have not felt, why they failed, and where the results are, on stderr. */
export function tellEnd(
  { inputs, warnings }: Results,
  crash: Error | null,
  folder: string,
  { stderr }: CommandStreams,
): void {
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
  for (const { scenario, run } of inputs)
    if (run.failure) stderr.write(`${scenario.label}: ${failureText(run.failure)}\n`);
  if (crash) stderr.write(`the run stopped with an error: ${crash.stack ?? crash.message}\n`);
  stderr.write(`results in ${folder}\n`);
}
