/** The command line of `npm run fuzz`. */
import { availableParallelism } from 'node:os';
import { commandParser, parseWords } from '../commands/arguments.ts';
import type { CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { oneOf, show } from '../scenario/show.ts';
import { FUZZED_PROTOCOLS } from './profiles.ts';

export interface FuzzOptions {
  /** Infinity where only the time limit ends it. */
  readonly seeds: number;
  readonly from: number;
  readonly protocols: readonly string[];
  readonly minutes: number;
  readonly threads: number;
  readonly out: string;
  /** End with the first finding. */
  readonly first: boolean;
  /** A seed or a file to be run alone; null for none. */
  readonly replay: string | null;
}

const DEFAULT_SEEDS = 1000;

const EXAMPLES = `
Examples:
  npm run fuzz                                           seeds 1 to ${DEFAULT_SEEDS}, any protocol
  npm run fuzz -- --from 5000 --seeds 200                seeds 5000 to 5199
  npm run fuzz -- --protocol ring-tmp --minutes 10       as many seeds as ten minutes have room for
  npm run fuzz -- --replay 4711                          one seed: the scenario, the run, the claims
  npm run fuzz -- --replay out/fuzz/weights-equal-4711.json

Each seed is a scenario of its own: a small cluster, a model, a protocol, and faults of every kind. All claims are
judged on it; what breaks one is made smaller and saved. Exit status: 0 all claims hold, 1 a claim is broken,
2 bad input, 130 interrupted (with what was found so far).`;

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new BadInput(
    `${name} is ${show(text)}; a whole number of at least ${least} would be right`,
  );
}

function protocolList(text: string): string[] {
  const kinds = text.split(',').map((kind) => kind.trim());
  const unknown = kinds.find((kind) => !FUZZED_PROTOCOLS.includes(kind));
  if (unknown !== undefined)
    throw new BadInput(
      `--protocol names ${show(unknown)}; ${oneOf(FUZZED_PROTOCOLS)} would be right`,
    );
  return kinds;
}

/**
 * The arguments of `npm run fuzz`; null when help was asked for and has been printed.
 * @throws BadInput for an unknown option or a value that is none
 */
export function readFuzzArguments(
  words: readonly string[],
  streams: CommandStreams,
): FuzzOptions | null {
  const parser = commandParser('npm run fuzz --', streams)
    .description('Draws scenarios in which things go wrong, and holds each run to all claims.')
    .option('--seeds <N>', `how many seeds (default: ${DEFAULT_SEEDS}; with --minutes: no limit)`)
    .option('--from <S>', 'the first seed', '1')
    .option('--protocol <KINDS>', 'which protocols, by commas', FUZZED_PROTOCOLS.join(','))
    .option('--minutes <M>', 'begin no seed after so many minutes')
    .option('--threads <T>', 'how many threads (default: one a core)')
    .option('--first', 'begin no seed after the first finding')
    .option('--replay <FILE|SEED>', 'run one finding or one seed, and nothing else')
    .option('--out <DIR>', 'where findings are saved', 'out/fuzz')
    .addHelpText('after', EXAMPLES);
  if (!parseWords(parser, words)) return null;
  const { seeds, from, protocol, minutes, threads, replay, out } =
    parser.opts<Record<string, string | undefined>>();
  const { first } = parser.opts<{ first?: boolean }>();
  if (minutes !== undefined && !(Number(minutes) > 0))
    throw new BadInput(`--minutes is ${show(minutes)}; a number above 0 would be right`);
  const fallback = minutes === undefined ? DEFAULT_SEEDS : Infinity;
  return {
    seeds: seeds === undefined ? fallback : wholeNumber('--seeds', seeds, 1),
    from: wholeNumber('--from', from!, 0),
    protocols: protocolList(protocol!),
    minutes: minutes === undefined ? Infinity : Number(minutes),
    threads: threads === undefined ? availableParallelism() : wholeNumber('--threads', threads, 1),
    out: out!,
    first: first === true,
    replay: replay ?? null,
  };
}
