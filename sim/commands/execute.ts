/** `npm run real`: runs a scenario on threads or processes, then simulated, and compares the weights bit for bit. */
import { resolve } from 'node:path';
import type { Summary } from '../../reports/summary.ts';
import { ResultFolder } from '../output/result-folder.ts';
import { resultsOf, type Results } from '../output/results.ts';
import { warmUp as warmUpSimulated } from '../worlds/simulated.ts';
import { RunKeeper } from '../worlds/real/run-keeper.ts';
import type { TraceRequest } from '../output/trace-spool.ts';
import type { RealExtras, RealWorldKind } from '../worlds/real/real-world.ts';
import type { WorldOutcome } from '../worlds/world.ts';
import { hostCommand, keysCommand } from './host.ts';
import { interruptible } from './interrupts.ts';
import { prepare, type Prepared } from './prepare.ts';
import { compare, realAndSimulated, type Comparison } from './real-and-simulated.ts';
import { GUESSED, realWarnings } from './real-notices.ts';
import { readRealArguments, type RealOptions } from './real-arguments.ts';
import { refuseUnreal } from './real-limits.ts';
import { howToGoOn, keeperFor } from './real-resume.ts';
import { linksOf, readShape } from './real-shape.ts';
import { idleLimit, spooled } from './spooled.ts';
import { EXIT, explaining, type CommandStreams } from './streams.ts';
import {
  follow,
  heading,
  keepResults,
  progressDisplay,
  tellEnd,
  tellTable,
  type Surroundings,
} from './telling.ts';

/** Commands of their own, by their first word. */
const OTHERS = { host: hostCommand, keys: keysCommand } as const;

/**
 * Runs `npm run real` with those arguments.
 * @returns the exit status; bad input has then been explained on stderr in one sentence
 */
export async function executeCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const other = words[0] in OTHERS ? OTHERS[words[0] as keyof typeof OTHERS] : null;
  if (other) return explaining(streams, () => other(words.slice(1), streams));
  return explaining(streams, async () => {
    const read = readRealArguments(words, streams);
    if (!read) return EXIT.done;
    const { kind } = read;
    // A failure comes again, and is reported, when the world starts.
    const warm = [kind.crew().catch(() => {}), warmUpSimulated()];
    const shape = await readShape(read.options);
    const overrides = { ...read.options, links: linksOf(shape) };
    const prepared = await prepare(read.file, overrides, streams);
    refuseUnreal(read.file, kind, prepared.scenario);
    await Promise.all(warm);
    const onScreen = read.options.ui && streams.isTerminal;
    const show = await progressDisplay(onScreen, streams);
    return await interruptible((interrupts) =>
      spooled(read.options, (trace) =>
        spooled(read.options, (simulatedTrace) =>
          run(
            kind,
            prepared,
            read.options,
            { shape, trace, simulatedTrace },
            { show, onScreen, interrupts, streams },
          ),
        ),
      ),
    );
  });
}

async function run(
  kind: RealWorldKind,
  { scenario, warnings, data, isMeasured }: Prepared,
  options: RealOptions,
  extras: RealExtras & { simulatedTrace: TraceRequest | null },
  surroundings: Surroundings,
): Promise<number> {
  const { streams } = surroundings;
  const out = options.out ?? `out/${scenario.name}-${kind.name}`;
  const folder = new ResultFolder(out);
  const { simulatedTrace } = extras;
  const behind = simulatedTrace && { ...simulatedTrace, runsBefore: scenario.protocol.length };
  const { resume, bandwidth, delay, hosts, keys } = options;
  const begun = { world: kind.name, out, bandwidth, delay, hosts, keys: keys && resolve(keys) };
  const keeper = resume === undefined ? keeperFor(scenario, begun) : RunKeeper.goOn(resume);
  const world = realAndSimulated(kind, scenario, data, { ...extras, keeper }, behind);
  const outcome = await follow(
    world,
    `${heading(scenario)}, on ${kind.name}`,
    [...warnings, ...realWarnings(kind, scenario), ...idleLimit(options)],
    surroundings,
  );
  const comparisons = compare(scenario, outcome);
  const twins = resultsOf(scenario, 'simulated', outcome.compared);
  const measured = withEquality(resultsOf(scenario, kind.name, outcome.runs), comparisons);
  const results = { ...measured, traced: [...measured.traced, ...twins.traced] };
  const kept = keepResults(folder, scenario, results, streams);
  tellPairs(results.summaries, comparisons, twins.summaries, streams);
  if (outcome.compared.length > 0 && !isMeasured) streams.stdout.write(`${GUESSED}\n`);
  if (kept === null) return EXIT.failed;
  tellEnd(results, outcome.crash, kept, streams);
  if (keeper?.isKept) streams.stderr.write(`${howToGoOn(keeper)}\n`);
  return exitStatus(outcome, comparisons);
}

/** 130 if interrupted, 1 if a run failed or weights that must be equal differ, else 0. */
export function exitStatus(
  { runs, compared, crash, wasInterrupted }: WorldOutcome,
  comparisons: readonly Pick<Comparison, 'equal'>[],
): number {
  if (wasInterrupted) return EXIT.interrupted;
  const failed = [...runs, ...compared].some(({ result }) => result.outcome === 'failed');
  const differs = comparisons.some(({ equal }) => equal === false);
  return crash || failed || differs ? EXIT.failed : EXIT.done;
}

/** Adds to each summary whether its weights are those of the simulated run. */
function withEquality(results: Results, comparisons: readonly Comparison[]): Results {
  const summaries = results.summaries.map((summary, place) => ({
    ...summary,
    weightsEqualToSimulated: comparisons[place].equal,
  }));
  return { ...results, summaries };
}

/** Each real run beside its simulated twin, if any, and whether their weights are equal. */
function tellPairs(
  summaries: readonly Summary[],
  comparisons: readonly Comparison[],
  twins: readonly Summary[],
  streams: CommandStreams,
): void {
  for (const [place, { label, word }] of comparisons.entries()) {
    tellTable([summaries[place], ...twins.filter((twin) => twin.label === label)], streams);
    const whose = comparisons.length > 1 ? `${label}: ` : '';
    const gap = place < comparisons.length - 1 ? '\n\n' : '';
    streams.stdout.write(`\n${whose}weights equal to the simulated run: ${word}\n${gap}`);
  }
}
