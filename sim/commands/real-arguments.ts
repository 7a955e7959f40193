/** The command line of `npm run real`. */
import type { Command } from 'commander';
import { BadInput } from '../scenario/bad-input.ts';
import { SCENARIO_FILE } from '../scenario/load.ts';
import type { Overrides } from '../scenario/overrides.ts';
import { oneOf, show } from '../scenario/show.ts';
import { collect, commandParser, parseWords } from './arguments.ts';
import { readAddress } from '../worlds/hosts/addresses.ts';
import { hostsWorld } from '../worlds/hosts/hosts.ts';
import { readKeys } from '../worlds/hosts/keys.ts';
import { REAL_WORLDS } from '../worlds/real-worlds.ts';
import type { RealWorldKind } from '../worlds/real/real-world.ts';
import { readKept } from './real-resume.ts';
import { readLimit, type TraceOptions } from './spooled.ts';
import type { CommandStreams } from './streams.ts';

export interface RealOptions extends Overrides, TraceOptions {
  readonly out?: string;
  readonly ui: boolean;
  readonly bandwidth?: string;
  readonly delay?: string;
  readonly hosts?: string;
  readonly keys?: string;
  /** The folder of a run that is to go on. */
  readonly resume?: string;
}

interface RealArguments {
  readonly file: string;
  readonly kind: RealWorldKind;
  readonly options: RealOptions;
}

/** What runs when no scenario is given. */
const DEFAULT_SCENARIO = 'scenarios/ring-4.ts';

const LOCAL = REAL_WORLDS.map(({ name }) => name);
const WORLDS = [...LOCAL, 'hosts'];

/** Where nodes run, as the command line says it. */
interface WorldOptions extends Pick<RealOptions, 'hosts' | 'keys'> {
  readonly world: string;
}

/** What is said where there are no keys. */
export const KEYS_MISSING =
  '--keys is missing; a folder that npm run real -- keys has made, the same for all machines, ' +
  'would be right';

const EXAMPLES = `
Examples:
  npm run real -- --nodes 4                              ${DEFAULT_SCENARIO} on 4 threads
  npm run real -- scenarios/ring-vs-ps.ts --nodes 3      each protocol of the scenario in turn
  npm run real -- --nodes 4 --world processes            the same, on 4 processes
  npm run real -- --world hosts --hosts a:7000,b:7000 --keys keys     on two machines (docs/machines.md)
  npm run real -- --nodes 2 --set training.iterations=20 --seed 7 --out measured

Afterwards the same scenario is simulated, and the final weights are compared bit for bit: the command prints
'weights equal to the simulated run: yes' or 'no', which is also in summary.json; 'not claimed' for a protocol
whose result depends on the order of arrival. Times are measured here and modelled there. The modelled speed,
network and jitter of the scenario have no effect on the real run; the memory limit has. A network that
--bandwidth and --delay play is simulated too, as a star in which each node has such a link.

The results go to out/<scenario>-<world>, beside those of the simulated run, which they do not replace.
A run of one protocol with checkpoints can go on after it was killed as a whole, interrupted, or left by a process or host:
--resume out/<scenario>-<world>-checkpoints. It ends with the same weights, and is not struck by faults again. What the
world hosts keeps is on the machine that conducts; --hosts names others, where those of the beginning are gone.

In the screen, q quits. Exit status: 0 done, 1 the run failed or its weights differ, 2 bad input,
130 interrupted, 143 by SIGTERM (what was done so far is written and marked partial).`;

/**
 * The arguments of `npm run real`; null when help was asked for and has been printed.
 * @throws BadInput for an unknown option or a world that is not there
 */
export function readRealArguments(
  words: readonly string[],
  streams: CommandStreams,
): RealArguments | null {
  const parser = commandParser('npm run real --', streams)
    .description(
      'Runs a scenario for real, each node on a thread or process of its own or on other machines, ' +
        'and measures it.\n\n' +
        'Commands of their own: `keys DIR` makes the keys of a cluster of machines, and `host` lets\n' +
        'this machine run nodes for others; each has its own --help.',
    )
    .argument('[scenario]', SCENARIO_FILE, DEFAULT_SCENARIO)
    .option('--nodes <N>', 'another number of nodes')
    .option('--world <KIND>', `where the nodes run: ${WORLDS.join(' or ')}`, WORLDS[0])
    .option('--hosts <LIST>', 'of the world hosts: their addresses, such as a:7000,b:7000')
    .option('--keys <DIR>', 'of the world hosts: the keys of the cluster')
    .option('--seed <S>', 'another seed')
    .option('--bandwidth <RATE>', 'play links of that bandwidth, such as 1Gbit, between nodes')
    .option('--delay <TIME>', 'play that latency between nodes, such as 5ms')
    .option(
      '--resume <DIR>',
      'go on with a run that was killed, from out/<scenario>-<world>-checkpoints',
    )
    .option('--memory <SIZE>', 'what each node may hold at most, such as 64MiB')
    .option('--set <path=value>', 'another value for any field; may be repeated', collect)
    .option('--out <DIR>', 'where the results go (default: out/<scenario>-<world>)')
    .option('--trace', 'also write trace.json, with the measured run and the simulated one')
    .option('--trace-limit <N>', 'the most jobs and messages of a run in it (1,000,000)', readLimit)
    .option('--no-ui', 'plain progress lines even on a terminal')
    .addHelpText('after', EXAMPLES);
  if (!parseWords(parser, words)) return null;
  const { world, ...options } = parser.opts<RealOptions & WorldOptions>();
  if (options.resume !== undefined) return goingOn(options.resume, options, parser);
  const kind = worldOf({ ...options, world });
  return { file: parser.processedArgs[0] as string, kind, options };
}

/** All but what is shown and written, and which machines it is on, is as the run has begun. */
const BESIDE_RESUME = ['resume', 'hosts', 'keys', 'ui', 'out', 'trace', 'traceLimit'];

function goingOn(folder: string, options: RealOptions, parser: Command): RealArguments {
  const given = parser.options.find(
    (option) =>
      !BESIDE_RESUME.includes(option.attributeName()) &&
      parser.getOptionValueSource(option.attributeName()) === 'cli',
  );
  const other = given?.long ?? parser.args[0];
  if (other !== undefined)
    throw new BadInput(
      `${other} has no place beside --resume: the run goes on as it has begun; --resume alone would be right`,
    );
  const { world, scenario, ...begun } = readKept(folder);
  const all = { ...begun, ...options };
  return { file: scenario, kind: worldOf({ ...all, world }), options: all };
}

function worldOf({ world, hosts, keys }: WorldOptions): RealWorldKind {
  if (world === 'hosts') {
    if (hosts === undefined)
      throw new BadInput('--hosts is missing; such as --hosts a:7000,b:7000 would be right');
    if (keys === undefined) throw new BadInput(KEYS_MISSING);
    const addresses = hosts.split(',').map((text) => readAddress('--hosts', text.trim()));
    return hostsWorld({ keys: readKeys(keys), hosts: addresses });
  }
  const kind = REAL_WORLDS.find(({ name }) => name === world);
  if (!kind) throw new BadInput(`--world is ${show(world)}; ${oneOf(WORLDS)} would be right`);
  for (const [option, value] of Object.entries({ hosts, keys }))
    if (value !== undefined)
      throw new BadInput(
        `--${option} is for other machines, and --world is ${show(world)}; ` +
          '--world hosts would be right',
      );
  return kind;
}
