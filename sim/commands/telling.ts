/** What every command that runs a scenario tells people: before, while and after it runs. */
import { failureText } from '../../reports/failure-text.ts';
import type { Summary } from '../../reports/summary.ts';
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

/** What runs, in one line: enough to run it again. */
export function heading({ name, seed, cluster, training, protocol }: ResolvedScenario): string {
  const { kind, sharing } = cluster.network;
  const labels = protocol.map(({ label }) => label).join(', ');
  return (
    `${name}: seed ${seed}, ${cluster.nodes} nodes, ${kind} (${sharing}), ${labels}, ` +
    `${training.numerics} numerics, ${training.iterations} iterations of ${training.batch} samples`
  );
}

/** Shows a run until the progress it returns is told that it is over. `quit` is what the keys of the screen call. */
export type Display = (world: ScreenSource, quit: () => void) => Progress;

/** What a run has around it. */
export interface Surroundings {
  readonly show: Display;
  readonly onScreen: boolean;
  readonly interrupts: Interrupts;
  readonly streams: CommandStreams;
}

/** Runs a world in front of people: says what runs, warns, shows how far it is, and lets an interruption end it. */
export async function follow(
  world: ScenarioWorld,
  title: string,
  warnings: readonly string[],
  { show, onScreen, interrupts, streams }: Surroundings,
): Promise<WorldOutcome> {
  interrupts.onQuit(() => world.quit());
  // What a narrow terminal wraps stays above the picture: the screen says it all in its first line.
  if (!onScreen) streams.stderr.write(`${title}\n`);
  for (const warning of warnings) streams.stderr.write(`warning: ${warning}\n`);
  const over = world.start();
  const progress = show(world, interrupts.press);
  const outcome = await over;
  await progress.done();
  return outcome;
}

/** The screen, or plain lines. It is loaded before anything runs: what loads it may be interrupted, a run is not. */
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

/** The summaries side by side, on stdout; nothing when there are none. */
export function tellTable(summaries: readonly Summary[], { stdout }: CommandStreams): void {
  if (summaries.length > 0) stdout.write(`${summaryTable(summaries).trimEnd()}\n`);
}

/**
 * Writes the results; when that fails it says why on stderr, and the caller still has them to tell. Where no run has
 * begun there is nothing to write, and earlier results stay.
 * @returns what there is to say of it at the end; null when writing failed
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

/** What the runs have not felt, why they failed, and where the results are, on stderr. */
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
