/** `npm run sim`: reads the command line, runs the scenario, prints the table, writes the results. */
import type { DataSplit } from '../../models/spec/data.ts';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import { checkExpectations } from '../../reports/check.ts';
import type { Summary } from '../../reports/summary.ts';
import { ResultFolder } from '../output/result-folder.ts';
import { resultsOf } from '../output/results.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { canFail } from '../scenario/fault-text.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { scenarioJsonSchema } from '../scenario/schema/schema.ts';
import { localCrew } from '../studies/crew/crews.ts';
import { threadsOf } from '../studies/study-arguments.ts';
import { isSweep, sweepScenario } from '../studies/sweep.ts';
import { SimulatedWorld, warmUp } from '../worlds/simulated.ts';
import type { ScenarioWorld } from '../worlds/world.ts';
import { readSimulateArguments, type SimulateOptions } from './arguments.ts';
import { expectsCauses, expectsComparison, faultyAndFaultless } from './faulty-and-faultless.ts';
import { interruptible } from './interrupts.ts';
import { prepare, type Prepared } from './prepare.ts';
import { tryWriteSchedule, writeSchedule } from './write-schedule.ts';
import { idleLimit, spooled } from './spooled.ts';
import { EXIT, explaining, type CommandStreams } from './streams.ts';
import {
  follow,
  heading,
  keepResults,
  progressDisplay,
  tellEnd,
  tellTable,
  tellWhy,
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
  return explaining(streams, async () => {
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
    const { file, options } = read;
    if (isSweep(options)) {
      const crew = await localCrew(threadsOf(options.workers));
      return await interruptible((interrupts) =>
        sweepScenario(file, options, crew, interrupts, streams),
      );
    }
    const warm = warmUp();
    const prepared = await prepare(read.file, read.options, streams);
    await warm;
    const onScreen = read.options.ui && streams.isTerminal;
    const show = await progressDisplay(onScreen, streams);
    return await interruptible((interrupts) =>
      spooled(read.options, (trace) =>
        run(prepared, read.options, trace, { show, onScreen, interrupts, streams }),
      ),
    );
  });
}

async function run(
  { scenario, warnings, data }: Prepared,
  options: SimulateOptions,
  trace: TraceRequest | null,
  surroundings: Surroundings,
): Promise<number> {
  const { streams } = surroundings;
  tryWriteSchedule(options.writeSchedule, scenario);
  const folder = new ResultFolder(options.out ?? `out/${scenario.name}`);
  const world = worldOf(scenario, data, trace, options);
  const told = [...warnings, ...idleOptions(scenario, options)];
  const outcome = await follow(world, heading(scenario), told, surroundings);
  const results = resultsOf(scenario, 'simulated', outcome.runs, outcome.compared);
  const kept = keepResults(folder, scenario, results, streams);
  tellTable(results.summaries, streams);
  tellWhy(results, streams);
  if (kept === null) return EXIT.failed;
  tellEnd(results, outcome.crash, kept, streams);
  if (!writeSchedule(options.writeSchedule, outcome.runs, streams)) return EXIT.failed;
  const holds = !options.check || check(scenario, results.summaries, streams);
  const failed = results.summaries.some((summary) => summary.outcome === 'failed');
  return outcome.crash || failed || !holds ? EXIT.failed : EXIT.done;
}

/** Options that have no effect on this scenario, in sentences. */
function idleOptions(scenario: ResolvedScenario, options: SimulateOptions): string[] {
  const idle = 'has no effect';
  return [
    ...(options.baseline && !canFail(scenario)
      ? [`--baseline ${idle}, the scenario has no faults`]
      : []),
    ...idleLimit(options),
  ];
}

/** With the run without faults beside it, if there are faults and an option or an expectation needs it. */
function worldOf(
  scenario: ResolvedScenario,
  data: DataSplit | null,
  trace: TraceRequest | null,
  { baseline, check, writeSchedule, explain }: SimulateOptions,
): ScenarioWorld {
  const explains = explain === true || (check === true && expectsCauses(scenario));
  const wishes = { trace, writesSchedule: writeSchedule !== undefined, explains };
  const compares = baseline === true || (check === true && expectsComparison(scenario));
  return compares && canFail(scenario)
    ? faultyAndFaultless(scenario, data, wishes)
    : new SimulatedWorld(scenario, data, wishes);
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
