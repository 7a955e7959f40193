/** `npm run sim`: from a command line to a summary table, a folder of results and an exit status. */
import type { DataSplit } from '../../models/dataset.ts';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { checkExpectations } from '../../reports/check.ts';
import type { Summary } from '../../reports/summary.ts';
import { ResultFolder } from '../output/result-folder.ts';
import { resultsOf } from '../output/results.ts';
import { closeSpool, openSpool, type TraceRequest } from '../output/trace-spool.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { canFail } from '../scenario/fault-text.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { scenarioJsonSchema } from '../scenario/schema.ts';
import { SimulatedWorld, warmUp } from '../worlds/simulated.ts';
import { readSimulateArguments, type SimulateOptions } from './arguments.ts';
import { expectsComparison, FaultyAndFaultless } from './faulty-and-faultless.ts';
import { interruptible } from './interrupts.ts';
import { prepare, type Prepared } from './prepare.ts';
import { EXIT, type CommandStreams } from './streams.ts';
import {
  heading,
  keepResults,
  progressDisplay,
  tellEnd,
  tellTable,
  type Surroundings,
} from './telling.ts';

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
    const warm = warmUp();
    const prepared = await prepare(read.file, read.options, streams);
    await warm;
    const show = await progressDisplay(read.options.ui && streams.isTerminal, streams);
    return await interruptible((interrupts) =>
      spooled(read.options, (trace) =>
        run(prepared, read.options, trace, { show, interrupts, streams }),
      ),
    );
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    streams.stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
}

/** Jobs and messages of a run: some 400 MB of trace.json, which a viewer still opens. */
const TRACE_LIMIT = 1_000_000;

/** Runs with a place for the trace, where one is asked for, until the results are written. */
async function spooled(
  { trace, traceLimit = TRACE_LIMIT }: SimulateOptions,
  run: (trace: TraceRequest | null) => Promise<number>,
): Promise<number> {
  if (!trace) return run(null);
  const file = openSpool();
  try {
    return await run({ file, limit: traceLimit });
  } finally {
    closeSpool(file);
  }
}

async function run(
  { scenario, warnings, data }: Prepared,
  options: SimulateOptions,
  trace: TraceRequest | null,
  { show, interrupts, streams }: Surroundings,
): Promise<number> {
  const onScreen = options.ui && streams.isTerminal;
  const folder = new ResultFolder(options.out ?? `out/${scenario.name}`);
  const world = worldOf(scenario, data, trace, options);
  interrupts.onQuit(() => world.quit());
  // What a narrow terminal wraps stays above the picture: the screen says it all in its first line.
  if (!onScreen) streams.stderr.write(`${heading(scenario)}\n`);
  for (const warning of warnings) streams.stderr.write(`warning: ${warning}\n`);
  if (options.baseline && !canFail(scenario))
    streams.stderr.write('warning: --baseline has no effect, the scenario has no faults\n');
  if (options.traceLimit !== undefined && !options.trace)
    streams.stderr.write('warning: --trace-limit has no effect without --trace\n');
  const progress = show(world, interrupts.press);
  const outcome = await world.done;
  await progress.done();
  const faultless = 'faultless' in outcome ? outcome.faultless : [];
  const results = resultsOf(scenario, 'simulated', outcome.runs, faultless);
  const kept = keepResults(folder, scenario, results, streams);
  tellTable(results.summaries, streams);
  if (kept === null) return EXIT.failed;
  tellEnd(results, outcome.crash, kept, streams);
  const holds = !options.check || check(scenario, results.summaries, streams);
  const failed = results.summaries.some((summary) => summary.outcome === 'failed');
  return outcome.crash || failed || !holds ? EXIT.failed : EXIT.done;
}

/** Beside the run without faults where there are any, and somebody asks for it or holds the run to it. */
function worldOf(
  scenario: ResolvedScenario,
  data: DataSplit | null,
  trace: TraceRequest | null,
  { baseline, check }: SimulateOptions,
): SimulatedWorld | FaultyAndFaultless {
  const compares = baseline === true || (check === true && expectsComparison(scenario));
  return compares && canFail(scenario)
    ? new FaultyAndFaultless(scenario, data, trace)
    : new SimulatedWorld(scenario, data, trace);
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
