/** `npm run soak`: the same small job over and over, killed, struck and starved, until something is not as it must be. */
import { randomStream } from '../../engine/random.ts';
import { collect, commandParser, parseWords } from '../commands/arguments.ts';
import { interruptible } from '../commands/interrupts.ts';
import { prepare } from '../commands/prepare.ts';
import { refuseUnreal } from '../commands/real-limits.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { SCENARIO_FILE } from '../scenario/load.ts';
import { readWhole } from '../scenario/overrides.ts';
import { oneOf, show } from '../scenario/show.ts';
import { processes } from '../worlds/processes/processes.ts';
import { strikeOften } from './faults.ts';
import { killAll } from './kill-all.ts';
import { killNode } from './kill-node.ts';
import type { Found, Soak } from './soak.ts';
import { underLoad } from './under-load.ts';

interface Options {
  readonly times: string;
  readonly minutes: string;
  readonly every: string;
  readonly seed: string;
  readonly set?: readonly string[];
}

interface Limits {
  readonly times: number;
  readonly minutes: number;
  readonly everySeconds: number;
}

const SOAKS: Readonly<Record<string, (soak: Soak, limits: Limits) => Promise<Found>>> = {
  node: (soak, { times }) => killNode(soak, times),
  all: (soak, { times }) => killAll(soak, times),
  faults: (soak, { minutes, everySeconds }) => strikeOften(soak, minutes, everySeconds),
  load: (soak, { times }) => underLoad(soak, times),
};

const DETAILS = `
Kinds:
  node     a process gets SIGKILL at a random instant of each run, and is started again
  all      all processes of a run get SIGKILL at random instants, and it goes on from what they left; no file may be torn
  faults   one run of --minutes on processes, struck by a random crash, pause or slow-down --every so many seconds; memory
           must be flat
  load     runs on threads, beside processes that spin on every core

Each compares the weights with those of the simulated run that nothing happens to, bit for bit. Instants, nodes and kinds
of faults are drawn from --seed. A table at the end says what was seen.

Examples:
  npm run soak -- node --times 100
  npm run soak -- all --times 100
  npm run soak -- faults --minutes 10 --every 10
  npm run soak -- load --times 200

Exit status: 0 all was right; 1 it was not; 2 bad input; 130 interrupted (with what was seen so far).`;

/** @returns the exit status; bad input has then been explained on stderr in one sentence */
export function soakCommand(words: readonly string[], streams: CommandStreams): Promise<number> {
  return explaining(streams, async () => {
    const parser = commandParser('npm run soak --', streams)
      .description(
        'Kills, strikes and starves real runs, and looks whether their weights are right.',
      )
      .argument('<kind>', `what happens to them: ${Object.keys(SOAKS).join(', ')}`)
      .argument('[scenario]', SCENARIO_FILE, 'scenarios/soak.ts')
      .option('--times <N>', 'of node, all and load: how often', '10')
      .option('--minutes <N>', 'of faults: how long', '10')
      .option('--every <SECONDS>', 'of faults: one in so many seconds', '10')
      .option('--seed <S>', 'of what is drawn', '1')
      .option('--set <path=value>', 'another value for any field; may be repeated', collect)
      .addHelpText('after', DETAILS);
    if (!parseWords(parser, words)) return EXIT.done;
    const [kind, file] = parser.processedArgs as [string, string];
    const options = parser.opts<Options>();
    const limits = {
      times: readWhole('--times', options.times, 1),
      minutes: readWhole('--minutes', options.minutes, 1),
      everySeconds: readWhole('--every', options.every, 1),
    };
    const seed = readWhole('--seed', options.seed, 0);
    if (!Object.hasOwn(SOAKS, kind))
      throw new BadInput(
        `there is no soak ${show(kind)}; ${oneOf(Object.keys(SOAKS))} would be right`,
      );
    const { scenario, data } = await prepare(file, { set: options.set });
    refuseUnreal(file, processes, scenario);
    return interruptible(async (interrupts) => {
      const say = (line: string): unknown => streams.stderr.write(`${line}\n`);
      const luck = randomStream(seed, `soak/${kind}`);
      const found = await SOAKS[kind]({ scenario, data, luck, interrupts, say }, limits);
      streams.stdout.write(tableOf(found));
      return found.isRight ? EXIT.done : EXIT.failed;
    });
  });
}

function tableOf({ rows, isRight }: Found): string {
  const all = [...rows, ['all right', isRight ? 'yes' : 'no']];
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}
