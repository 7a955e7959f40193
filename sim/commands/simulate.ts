/** `npm run sim`: from a command line to a summary table, a folder of results and an exit status. */
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { checkExpectations } from '../../reports/check.ts';
import { failureText } from '../../reports/failure-text.ts';
import type { Summary } from '../../reports/summary.ts';
import { summaryTable } from '../../reports/table.ts';
import { checkResultFolder, writeResultFolder } from '../output/result-folder.ts';
import { resultFiles, resultsOf, type Results } from '../output/results.ts';
import { BadInput } from '../scenario/bad-input.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { scenarioJsonSchema } from '../scenario/schema.ts';
import type { Progress } from '../ui/view-source.ts';
import { SimulatedWorld, warmUp, type WorldOutcome } from '../worlds/simulated.ts';
import { readSimulateArguments, type SimulateOptions } from './arguments.ts';
import { onInterrupt } from './interrupts.ts';
import { prepare, type Prepared } from './prepare.ts';
import { EXIT, type CommandStreams } from './streams.ts';

/**
 * Runs `npm run sim` with those arguments.
 * @returns the exit status; bad input has then been explained on stderr in one sentence
 */
export async function simulateCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  try {
    const read = readSimulateArguments(words, streams);
    if (!read) return EXIT.done;
    if (read.options.schema) {
      streams.stdout.write(`${JSON.stringify(scenarioJsonSchema(PROTOCOLS), null, 2)}\n`);
      return EXIT.done;
    }
    if (!read.file)
      throw new BadInput(
        'no scenario is given; a file such as scenarios/ring-64.ts would be right',
      );
    warmUp();
    const prepared = await prepare(read.file, read.options);
    const folder = read.options.out ?? `out/${prepared.scenario.name}`;
    checkResultFolder(folder);
    return await run(prepared, read.options, folder, streams);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    streams.stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
}

async function run(
  { scenario, warnings, data }: Prepared,
  options: SimulateOptions,
  folder: string,
  streams: CommandStreams,
): Promise<number> {
  streams.stderr.write(`${heading(scenario)}\n`);
  for (const warning of warnings) streams.stderr.write(`warning: ${warning}\n`);
  const world = new SimulatedWorld(scenario, data, { trace: options.trace === true });
  const restore = onInterrupt(() => world.quit());
  try {
    const progress = await showProgress(world, options.ui && streams.isTerminal, streams);
    const outcome = await world.done;
    await progress.done();
    const results = resultsOf(scenario, 'simulated', outcome.runs);
    writeResultFolder(folder, resultFiles(scenario, results));
    tell(results, outcome, folder, streams);
    const holds = !options.check || check(scenario, results.summaries, streams);
    if (world.wasInterrupted) return EXIT.interrupted;
    const failed = results.summaries.some((summary) => summary.outcome === 'failed');
    return outcome.crash || failed || !holds ? EXIT.failed : EXIT.done;
  } finally {
    restore();
  }
}

/** What runs, in one line: enough to run it again. */
function heading({ name, seed, cluster, training, protocol }: ResolvedScenario): string {
  const { kind, sharing } = cluster.network;
  const labels = protocol.map(({ label }) => label).join(', ');
  return (
    `${name}: seed ${seed}, ${cluster.nodes} nodes, ${kind} (${sharing}), ${labels}, ` +
    `${training.numerics} numerics, ${training.iterations} iterations of ${training.batch} samples`
  );
}

async function showProgress(
  world: SimulatedWorld,
  onScreen: boolean,
  streams: CommandStreams,
): Promise<Progress> {
  if (onScreen) return (await import('../ui/app.tsx')).showScreen(world);
  return (await import('../ui/plain.ts')).showPlain(world, streams.stderr);
}

function tell(
  { inputs, summaries }: Results,
  { crash }: WorldOutcome,
  folder: string,
  { stdout, stderr }: CommandStreams,
): void {
  if (summaries.length > 0) stdout.write(`${summaryTable(summaries).trimEnd()}\n`);
  for (const { scenario, run } of inputs)
    if (run.failure) stderr.write(`${scenario.label}: ${failureText(run.failure)}\n`);
  if (crash)
    stderr.write(`the simulation stopped with an error: ${crash.stack ?? crash.message}\n`);
  stderr.write(`results in ${folder}\n`);
}

/** Prints each expectation with yes or no; true when all hold. */
function check(
  { expect }: ResolvedScenario,
  summaries: readonly Summary[],
  { stderr }: CommandStreams,
): boolean {
  const results = checkExpectations(expect, summaries);
  for (const { text, holds } of results) stderr.write(`${holds ? 'yes' : 'no '}  ${text}\n`);
  if (results.length === 0) stderr.write('the scenario expects nothing\n');
  return results.every(({ holds }) => holds);
}
