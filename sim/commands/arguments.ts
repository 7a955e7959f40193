/** Reads a command line: commander's complaints become bad input, and help is a normal end. */
import { Command, CommanderError } from 'commander';
import { BadInput } from '../scenario/bad-input.ts';
import { SCENARIO_FILE } from '../scenario/load.ts';
import type { Overrides } from '../scenario/overrides.ts';
import { readLimit, type TraceOptions } from './spooled.ts';
import type { CommandStreams } from './streams.ts';

export interface SimulateOptions extends Overrides, TraceOptions {
  readonly out?: string;
  /** Each `path=value,value`. */
  readonly sweep?: readonly string[];
  readonly seeds?: string;
  readonly workers?: string;
  readonly resume?: boolean;
  readonly ui: boolean;
  readonly explain?: boolean;
  readonly writeSchedule?: string;
  readonly check?: boolean;
  readonly baseline?: boolean;
  readonly schema?: boolean;
}

interface SimulateArguments {
  readonly file: string | null;
  readonly options: SimulateOptions;
}

const EXAMPLES = `
Examples:
  npm run sim -- scenarios/ring-64.ts                          64 nodes in a ring learn to read digits
  npm run sim -- scenarios/ring-vs-ps.ts --check               two protocols side by side, held to their expectations
  npm run sim -- scenarios/ring-64.ts --nodes 16 --seed 7      fewer nodes, other luck
  npm run sim -- scenarios/ring-64.ts --set training.iterations=50 --set "cluster.network.bandwidth=1 Gbit/s"
  npm run sim -- scenarios/ring-vs-ps.ts --sweep cluster.nodes=8,16,32 --seeds 5    a table of 30 runs (docs/study.md)
  npm run sim -- out/ring-64/scenario.json                     an earlier run once more, to the same digest
  npm run sim -- scenarios/ring-4.ts --trace --out traced     with a trace for https://ui.perfetto.dev

In the screen, q quits and p pauses. Exit status: 0 done, 1 the run failed or --check did not hold,
2 bad input, 130 interrupted, 143 by SIGTERM (what was done so far is written and marked partial).`;

/** For options that may be repeated. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

function simulateParser(streams: CommandStreams): Command {
  return commandParser('npm run sim --', streams)
    .description('Simulates a scenario, each of its protocols in turn, and writes the results.')
    .argument('[scenario]', SCENARIO_FILE)
    .option('--nodes <N>', 'another number of nodes')
    .option('--seed <S>', 'another seed')
    .option('--set <path=value>', 'another value for any field; may be repeated', collect)
    .option('--out <DIR>', 'where the results go (default: out/<scenario>)')
    .option('--no-ui', 'plain progress lines even on a terminal')
    .option('--explain', 'say why nodes wait, and for whom')
    .option('--trace', 'also write trace.json, which opens in Perfetto')
    .option('--trace-limit <N>', 'the most jobs and messages of a run in it (1,000,000)', readLimit)
    .option('--write-schedule <FILE>', 'what the nodes of a pipeline did, as a table of actions')
    .option('--check', "hold the run to the scenario's expectations")
    .option('--baseline', 'run it without its faults too, and compare')
    .option('--sweep <path=v,v>', 'run it with each of these values; may be repeated', collect)
    .option('--seeds <N>', 'run it with so many seeds')
    .option('--workers <K>', 'of a sweep: how many threads (default: one a core)')
    .option('--resume', 'of a sweep: keep the runs that are there, and do the others')
    .option('--schema', 'print the JSON Schema of scenarios')
    .addHelpText('after', EXAMPLES);
}

/**
 * The arguments of `npm run sim`; null when help was asked for and has been printed.
 * @throws BadInput for an unknown option or a missing scenario
 */
export function readSimulateArguments(
  words: readonly string[],
  streams: CommandStreams,
): SimulateArguments | null {
  const parser = parseWords(simulateParser(streams), words);
  return parser && { file: parser.args[0] ?? null, options: parser.opts<SimulateOptions>() };
}

/** Prepares a parser: what it prints goes to the streams, and it never ends the process. */
export function commandParser(name: string, streams: CommandStreams): Command {
  return new Command(name).exitOverride().configureOutput({
    writeOut: (text) => streams.stdout.write(text),
    writeErr: () => {},
    getOutHelpWidth: () => 100,
  });
}

/**
 * The parser with the words in it; null when help was asked for and has been printed.
 * @throws BadInput for an unknown option or a missing value
 */
export function parseWords(parser: Command, words: readonly string[]): Command | null {
  try {
    return parser.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new BadInput(complaint(error));
  }
}

function complaint({ message }: CommanderError): string {
  const said = message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replace('. ', ': ')
    .replace(/\s*\n\s*/g, ' ');
  return `${said}; one of the options that --help lists would be right`;
}
