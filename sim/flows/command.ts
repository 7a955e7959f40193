/** `npm run flows`: plays the transfers of a file, and writes the file back with the times as computed here. */
import { commandParser, parseWords } from '../commands/arguments.ts';
import { tryOut, writeOut } from '../commands/out-file.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
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
export function flowsCommand(words: readonly string[], streams: CommandStreams): Promise<number> {
  return explaining(streams, async () => {
    const read = readArguments(words, streams);
    if (!read) return EXIT.done;
    const { out, compare } = read.options;
    const tried = await tryOut(out);
    if (tried !== EXIT.done) return tried;
    const { output, times } = play(readFlowsFile(read.file));
    const text = `${JSON.stringify(output, null, 1)}\n`;
    if (!compare) return writeOut(out, text, streams);
    const { text: found, holds } = compareTimes(times);
    streams.stdout.write(`${found}\n`);
    const written = out === undefined ? EXIT.done : await writeOut(out, text, streams);
    return written === EXIT.done && !holds ? EXIT.failed : written;
  });
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
  const parser = commandParser('npm run flows --', streams)
    .description('Plays the transfers of a file over its links, sharing every link max-min fairly.')
    .argument('[file]', 'a JSON file of flows, or of rounds of a ring or a server')
    .option('--out <FILE>', 'where the result goes (default: stdout)')
    .option('--compare', "print the largest difference from the file's own times instead")
    .addHelpText('after', DETAILS);
  const parsed = parseWords(parser, words);
  if (!parsed) return null;
  if (parsed.args.length === 0)
    throw new BadInput('no file is given; a file such as test/golden/001.json would be right');
  return { file: parsed.args[0], options: parsed.opts<Options>() };
}
