/** The command line of `npm run study`. */
import { availableParallelism } from 'node:os';
import { commandParser, parseWords } from '../commands/arguments.ts';
import type { CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { readWhole } from '../scenario/overrides.ts';
import { show } from '../scenario/show.ts';
import { type QueueAddress, readQueue } from './queue/address.ts';

/** A part of the runs: the first, second ... of so many. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export interface StudyArguments {
  /** A file, 'all', or 'worker'. */
  readonly file: string;
  readonly out: string | null;
  readonly threads: number;
  readonly queue: QueueAddress | null;
  readonly shard: Shard | null;
  readonly resume: boolean;
  readonly small: boolean;
}

const EXAMPLES = `
Examples:
  npm run study -- scenarios/studies/idle.ts              who waits, and for how long
  npm run study -- all --small                            all five experiments, small, in minutes
  npm run study -- scenarios/studies/idle.ts --resume     go on where a killed one was
  npm run study -- scenarios/studies/idle.ts --shard 1/4  the first quarter of the runs, on one of four machines
  npm run study -- worker --queue redis://host            run what studies put into the queue of a Redis
  npm run study -- all --queue redis://host               have all experiments run by such workers

Results go to out/studies/<study>: a journal with a line a run as they come, results.csv and results.parquet with a
row a run. Exit status: 0 done (failed runs are results too), 1 no run could be done or the program failed,
2 bad input or a full disk, 130 interrupted (the journal keeps what was done).`;

/**
 * The arguments of `npm run study`; null when help was asked for and has been printed.
 * @throws BadInput for an unknown option, or a value that is none
 */
export function readStudyArguments(
  words: readonly string[],
  streams: CommandStreams,
): StudyArguments | null {
  const parser = commandParser('npm run study --', streams)
    .description('Runs a scenario many times with some of its fields varied, and makes tables.')
    .argument('[study]', "a file, 'all' for those in scenarios/studies/, or 'worker'")
    .option('--out <DIR>', 'where the results go (default: out/studies/<study>)')
    .option('--workers <K>', 'how many threads (default: one a core)')
    .option('--queue <URL>', 'a Redis whose workers run them, such as redis://host:6379')
    .option('--shard <i/n>', 'only the i-th of n equal parts of the runs')
    .option('--resume', 'keep the runs that are there, and do the others')
    .option('--small', 'what the study calls small')
    .addHelpText('after', EXAMPLES);
  if (!parseWords(parser, words)) return null;
  const { out, workers, queue, shard, resume, small } = parser.opts<{
    out?: string;
    workers?: string;
    queue?: string;
    shard?: string;
    resume?: boolean;
    small?: boolean;
  }>();
  const [file] = parser.args;
  if (file === undefined)
    throw new BadInput(
      "no study is given; a file such as scenarios/studies/idle.ts, or 'all', would be right",
    );
  warnOfUnused(file, parser.opts(), streams);
  return {
    file,
    out: out ?? null,
    threads: threadsOf(workers),
    queue: queue === undefined ? null : readQueue(queue),
    shard: shard === undefined ? null : readShard(shard),
    resume: resume === true,
    small: small === true,
  };
}

/** A worker knows nothing of studies, and who asks a queue runs nothing here. */
function warnOfUnused(file: string, given: Record<string, unknown>, streams: CommandStreams): void {
  const isWorker = file === 'worker';
  if (isWorker && given['queue'] === undefined)
    throw new BadInput(
      '--queue is missing; the address of a Redis such as redis://host:6379 would be right',
    );
  const unused = isWorker ? ['out', 'shard', 'resume', 'small'] : ['workers'];
  if (given['queue'] === undefined) return;
  for (const name of unused)
    if (given[name] !== undefined)
      streams.stderr.write(
        `warning: --${name} has no effect ${isWorker ? 'on a worker' : 'with --queue: workers have threads of their own'}\n`,
      );
}

/** One a core where nothing is said. */
export function threadsOf(workers: string | undefined): number {
  return workers === undefined ? availableParallelism() : readWhole('--workers', workers, 1);
}

function readShard(text: string): Shard {
  const [, index, of] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new BadInput(`--shard is ${show(text)}; a part such as 1/4 would be right`);
}
