/** What commands that run a scenario print: before, during and after the run. */
import { formatCounted } from '../../engine/format.ts';
import { blameText } from '../../reports/explanation/blame-text.ts';
import { pathText } from '../../reports/explanation/path-text.ts';
import { failureText } from '../../reports/failure-text.ts';
import type { Summary } from '../../reports/summary.ts';
import { comparisonTable } from '../../reports/comparison.ts';
import { summaryTable } from '../../reports/table.ts';
import type { ResultFolder } from '../output/result-folder.ts';
import { resultFiles, type Results } from '../output/results.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import type { ScreenSource } from '../ui/app.tsx';
import { showPlain } from '../ui/plain.ts';
import type { Progress } from '../ui/view-source.ts';
import type { ScenarioWorld, WorldOutcome } from '../worlds/world.ts';
import type { Interrupts } from './interrupts.ts';
import type { CommandStreams } from './streams.ts';

/** The run in one line: enough to repeat it. */
export function heading({ name, seed, cluster, training, protocol }: ResolvedScenario): string {
  const { kind, sharing } = cluster.network;
  const labels = protocol.map(({ label }) => label).join(', ');
  return (
    `${name}: seed ${seed}, ${formatCounted(cluster.nodes, 'node')}, ${kind} (${sharing}), ${labels}, ` +
    `${training.numerics} numerics, ${formatCounted(training.iterations, 'iteration')} of ${formatCounted(training.batch, 'sample')}`
  );
}

/** Shows a run until the returned progress is done. `quit` is what the keys of the screen call. */
type Display = (world: ScreenSource, quit: () => void) => Progress;

/** The surroundings of a run: display, interrupts and streams. */
export interface Surroundings {
  readonly show: Display;
  readonly onScreen: boolean;
  readonly interrupts: Interrupts;
  readonly streams: CommandStreams;
}

/** Runs a world: prints what runs and the warnings, shows progress, and lets an interruption end it. */
export async function follow(
  world: ScenarioWorld,
  title: string,
  warnings: readonly string[],
  { show, onScreen, interrupts, streams }: Surroundings,
): Promise<WorldOutcome> {
  interrupts.onQuit(() => world.quit());
  // Lines that a narrow terminal wraps would stay above the screen, which shows all of it in its first line.
  if (!onScreen) streams.stderr.write(`${title}\n`);
  for (const warning of warnings) streams.stderr.write(`warning: ${warning}\n`);
  const over = world.start();
  const progress = show(world, interrupts.press);
  const outcome = await over;
  await progress.done();
  return outcome;
}

/** The screen, or plain lines. Loaded before the run: loading may be interrupted, a run may not. */
export async function progressDisplay(
  onScreen: boolean,
  streams: CommandStreams,
): Promise<Display> {
  const show = onScreen
    ? (await import('../ui/app.tsx')).showScreen
    : (source: ScreenSource) => showPlain(source, streams.stderr);
  return (world, quit) => {
    streams.opening?.clear();
    return show({
      view: () => world.view(),
      pause: () => world.pause(),
      resume: () => world.resume(),
      quit,
    });
  };
}

/** Prints the summaries side by side, on stdout. */
export function tellTable(summaries: readonly Summary[], { stdout }: CommandStreams): void {
  if (summaries.length > 0) stdout.write(`${summaryTable(summaries).trimEnd()}\n`);
  const comparison = comparisonTable(summaries);
  if (comparison !== '') stdout.write(`\n\n${comparison}\n`);
}

/** Prints why nodes waited and what iterations are made of, on stdout, where that was asked for. */
export function tellWhy({ inputs }: Results, { stdout }: CommandStreams): void {
  for (const text of [blameText(inputs), pathText(inputs)])
    if (text !== '') stdout.write(`\n${text}\n`);
}

/**
 * Writes the results. When that fails it says why on stderr, and the caller can still print them. If no run has begun
 * nothing is written, and earlier results stay.
 * @returns the sentence to print at the end; null when writing failed
 */
export function keepResults(
  folder: ResultFolder,
  scenario: ResolvedScenario,
  results: Results,
  { stderr }: CommandStreams,
): string | null {
  if (results.inputs.length === 0) return 'nothing has run, and no results are written';
  try {
    const place = folder.write(resultFiles(scenario, results));
    if (place !== folder.given)
      stderr.write(`warning: somebody else has written to ${folder.given}, which is left alone\n`);
    return `results in ${place}`;
  } catch (error) {
    stderr.write(`the results cannot be written: ${(error as Error).message}\n`);
    return null;
  }
}

/** Prints warnings, failures and where the results are, on stderr. */
export function tellEnd(
  { inputs, warnings }: Results,
  crash: Error | null,
  kept: string,
  { stderr }: CommandStreams,
): void {
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
  for (const { scenario, run } of inputs)
    if (run.failure) stderr.write(`${scenario.label}: ${failureText(run.failure)}\n`);
  if (crash) stderr.write(`the run stopped with an error: ${crash.stack ?? crash.message}\n`);
  stderr.write(`${kept}\n`);
}
