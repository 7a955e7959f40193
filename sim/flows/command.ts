/** `npm run flows`: plays the transfers of a file, and writes the file back with the times as computed here. */
import { Command, CommanderError } from 'commander';
import { interruptible } from '../commands/interrupts.ts';
import { EXIT, type CommandStreams } from '../commands/streams.ts';
import { replaceFile, tryFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { compareTimes, type ComparedTime } from './comparison.ts';
import { playRing, playServer } from './play-rounds.ts';
import { playTransfers } from './play-transfers.ts';
import { readFlowsFile, type FlowsFile } from './read-file.ts';

const DETAILS = `
A file lists hosts, links (bandwidthBytesPerSecond, latencySeconds), routes (src, dst, links) and flows (src, dst,
startSeconds, bytes). A flow enters the network one route latency after its start; from then on rates are max-min
fair with equal weights; finishSeconds is when its last byte leaves. Files with parameters and computeFlopsPerRound
play rounds of a ring or of a parameter server, and get nodeEndSeconds and simulatedEndSeconds.

Examples:
  npm run flows -- test/golden/001.json                  prints the file with the computed times
  npm run flows -- test/golden/001.json --compare        and says how far they are from the file's own
  npm run flows -- my-flows.json --out my-times.json

Exit status: 0 done, 1 --compare found a time outside the tolerance, 2 bad input.`;

interface Options {
  readonly out?: string;
  readonly compare?: boolean;
}

interface Played {
  readonly output: object;
  readonly times: ComparedTime[];
}

/** @returns the exit status; bad input has then been explained on stderr in one sentence */
export async function flowsCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  try {
    const read = readArguments(words, streams);
    if (!read) return EXIT.done;
    const { out } = read.options;
    const tried = out === undefined ? EXIT.done : await interruptible(() => tryOut(out));
    if (tried !== EXIT.done) return tried;
    const { output, times } = play(readFlowsFile(read.file));
    const comparison = read.options.compare ? compareTimes(times) : null;
    const text = `${JSON.stringify(output, null, 1)}\n`;
    if (out === undefined && !comparison) streams.stdout.write(text);
    if (comparison) streams.stdout.write(`${comparison.text}\n`);
    const status = comparison && !comparison.holds ? EXIT.failed : EXIT.done;
    if (out === undefined) return status;
    return await interruptible(() => (write(out, text, streams) ? status : EXIT.failed));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    streams.stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
}

function play(read: FlowsFile): Played {
  if (read.shape === 'transfers') {
    const { flows } = read.file;
    const finishes = playTransfers(read.file);
    const given = read.given['flows'] as object[];
    const output = {
      ...read.given,
      flows: given.map((flow, index) => ({ ...flow, finishSeconds: finishes[index] })),
    };
    const times = flows.map(({ id, startSeconds, finishSeconds }, index) => ({
      name: `flow ${id ?? index}`,
      startSeconds,
      given: finishSeconds,
      computed: finishes[index],
    }));
    return { output, times };
  }
  const ends = read.shape === 'ring' ? playRing(read.file) : playServer(read.file);
  const end = ends.reduce((latest, seconds) => Math.max(latest, seconds), 0);
  const { nodeEndSeconds, simulatedEndSeconds } = read.file;
  const times = ends.map((computed, node) => ({
    name: `the end of node ${node}`,
    startSeconds: 0,
    given: nodeEndSeconds?.[node],
    computed,
  }));
  times.push({
    name: 'the end of the run',
    startSeconds: 0,
    given: simulatedEndSeconds,
    computed: end,
  });
  const output = { ...read.given, nodeEndSeconds: ends, simulatedEndSeconds: end };
  return { output, times };
}

function readArguments(
  words: readonly string[],
  streams: CommandStreams,
): { file: string; options: Options } | null {
  const parser = new Command('npm run flows --')
    .description('Plays the transfers of a file over its links, sharing every link max-min fairly.')
    .argument('[file]', 'a JSON file of flows, or of rounds of a ring or a server')
    .option('--out <FILE>', 'where the result goes (default: stdout)')
    .option('--compare', "print the largest difference from the file's own times instead")
    .addHelpText('after', DETAILS)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => 100,
    });
  try {
    parser.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    const said = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
    throw new BadInput(`${said}; what --help lists would be right`);
  }
  if (parser.args.length === 0)
    throw new BadInput('no file is given; a file such as test/golden/001.json would be right');
  return { file: parser.args[0], options: parser.opts<Options>() };
}

/** Whether a file can be written there is found before anything is played. */
function tryOut(path: string): number {
  try {
    tryFile(path);
    return EXIT.done;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `--out ${path} cannot be written (${code ?? message}); another file would be right`,
    );
  }
}

function write(path: string, text: string, { stderr }: CommandStreams): boolean {
  try {
    replaceFile(path, text);
    return true;
  } catch (error) {
    stderr.write(`the result cannot be written: ${(error as Error).message}\n`);
    return false;
  }
}
