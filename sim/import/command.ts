/** `npm run import`: makes the model of a scenario out of a profile. */
import { commandParser, parseWords } from '../commands/arguments.ts';
import { tryOut, writeOut } from '../commands/out-file.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { readText } from '../scenario/read-json.ts';
import { loadQuantityParser } from '../scenario/schema/units.ts';
import { show } from '../scenario/show.ts';
import { costTable } from './cost-table.ts';
import { lineOfGraph } from './graph-line.ts';
import { readProfile } from './profile.ts';

const DETAILS = `
The file has a line for each operation,
  node4 -- Conv2d(3, 64) -- forward_compute_time=2.5, backward_compute_time=5.1, activation_size=4096, parameter_size=256
with milliseconds and bytes of a whole batch, and a line for each edge, 'node4 -- node5'. Where ' -- stage_id=1' ends the lines of
operations, the stages become bounds. What comes out is the model of a scenario, per sample, for a host of the reference speed:

  import model from './vgg16.json' with { type: 'json' };
  export default defineScenario({ model, cluster: { host: { speed: model.referenceSpeed }, ... }, ... });

Examples:
  npm run import -- vgg16.txt --samples 128 --out vgg16.json
  npm run import -- gnmt.txt --samples 64 > gnmt.json

Exit status: 0 done, 2 bad input.`;

const RIGHT = 'a profile, such as vgg16.txt,';

interface Options {
  readonly samples?: string;
  readonly speed: string;
  readonly out?: string;
}

/** @returns the exit status; bad input has then been explained on stderr in one sentence */
export function importCommand(words: readonly string[], streams: CommandStreams): Promise<number> {
  return explaining(streams, async () => {
    const read = readArguments(words, streams);
    if (!read) return EXIT.done;
    const { file, options } = read;
    const samples = samplesOf(options.samples);
    const referenceSpeed = await speedOf(options.speed);
    const tried = await tryOut(options.out);
    if (tried !== EXIT.done) return tried;
    const profile = readProfile(file, readText(file, RIGHT));
    const inputs = profile.operations.filter(({ name }) => name.startsWith('Input'));
    const inputBytes = inputs.reduce((sum, { activationBytes }) => sum + activationBytes, 0);
    const line = lineOfGraph(file, profile);
    const { table, warnings } = costTable(line, { samples, inputBytes, referenceSpeed });
    for (const warning of warnings) streams.stderr.write(`warning: ${warning}\n`);
    return writeOut(options.out, `${JSON.stringify(table, null, 1)}\n`, streams);
  });
}

function readArguments(
  words: readonly string[],
  streams: CommandStreams,
): { file: string; options: Options } | null {
  const parser = commandParser('npm run import --', streams)
    .description('Makes the model of a scenario out of a profile of the PipeDream kind.')
    .argument('[file]', 'the profile')
    .option('--samples <N>', 'the batch that was profiled')
    .option('--speed <S>', 'the speed of the host that was profiled', '1 TFLOP/s')
    .option('--out <FILE>', 'where the model goes (default: stdout)')
    .addHelpText('after', DETAILS);
  const parsed = parseWords(parser, words);
  if (!parsed) return null;
  if (parsed.args.length === 0) throw new BadInput(`no file is given; ${RIGHT} would be right`);
  return { file: parsed.args[0], options: parsed.opts<Options>() };
}

function samplesOf(given: string | undefined): number {
  const samples = Number(given);
  if (Number.isInteger(samples) && samples > 0 && samples <= 1e9) return samples;
  throw new BadInput(
    `--samples is ${given === undefined ? 'missing' : show(given)}; the batch that was profiled, such as 128, would be right`,
  );
}

async function speedOf(given: string): Promise<number> {
  const speed = (await loadQuantityParser())(given, 'speed');
  if (typeof speed === 'number' && speed > 0 && Number.isFinite(speed)) return speed;
  throw new BadInput(`--speed is ${show(given)}; a speed such as '1 TFLOP/s' would be right`);
}
