/** `npm run validate`: measures this machine, predicts runs with what it measured, makes them for real, and compares. */
import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { collect, commandParser, parseWords } from '../commands/arguments.ts';
import { interruptible, type Interrupts } from '../commands/interrupts.ts';
import { prepare, type Prepared } from '../commands/prepare.ts';
import { linksOf, readShape } from '../commands/real-shape.ts';
import { refuseUnreal } from '../commands/real-limits.ts';
import { realWarnings } from '../commands/real-notices.ts';
import { modelOf } from '../model.ts';
import { trainingOf } from '../training.ts';
import { EXIT, explaining, type CommandStreams } from '../commands/streams.ts';
import { formatShare } from '../../engine/format.ts';
import { resultsOf } from '../output/results.ts';
import { replaceFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { chosen } from '../scenario/chosen.ts';
import { SCENARIO_FILE } from '../scenario/load.ts';
import { readWhole } from '../scenario/overrides.ts';
import { oneOf, show } from '../scenario/show.ts';
import { REAL_WORLDS } from '../worlds/real-worlds.ts';
import { RealWorld, type RealWorldKind } from '../worlds/real/real-world.ts';
import { SimulatedWorld } from '../worlds/simulated.ts';
import type { ScenarioWorld } from '../worlds/world.ts';
import { type MeasuredCompute, measureCompute } from './compute.ts';
import { MOST_OF_OTHERS, type Patience, quietly } from './quiet-machine.ts';
import { type Held, heldCsv, heldTable, settledSeconds } from './rows.ts';
import { type Line, measureTransport, type Transport } from './transport.ts';

interface Options {
  readonly nodes: string;
  readonly worlds: string;
  readonly repeats: string;
  readonly patience: string;
  readonly out: string;
  readonly set?: readonly string[];
  readonly bandwidth?: string;
  readonly delay?: string;
}

const DEFAULT_SCENARIO = 'scenarios/validation.ts';
/** How long the passes of each size of batches are measured. */
const EACH_SIZE_NS = 1e9;
/** How long is waited for a quiet machine, unless it is said, and how often a measurement is made at most. */
const PATIENCE_SECONDS = '60';
const MOST_TIMES = 5;

const DETAILS = `
For each world and number of nodes it measures first how fast that many nodes compute at once, and what carries their
messages, and writes that as profile-<world>-<nodes>.json. With it the scenario is simulated, once for each protocol, before
it runs for real. Nothing is fitted to those runs. What it prints is in validation.csv too.

A profile serves any scenario: cluster: { profile: 'profile-threads-2.json' }.

Examples:
  npm run validate
  npm run validate -- --nodes 2 --worlds threads --set training.iterations=50
  npm run validate -- --bandwidth 100Mbit --delay 2ms

Exit status: 0 done, however far off predictions are; 1 a run failed; 2 bad input; 130 interrupted.`;

/** @returns the exit status; bad input has then been explained on stderr in one sentence */
export function validateCommand(
  words: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  return explaining(streams, async () => {
    const parser = commandParser('npm run validate --', streams)
      .description(
        'Measures this machine, predicts real runs from that, and says how far off it is.',
      )
      .argument('[scenario]', SCENARIO_FILE, DEFAULT_SCENARIO)
      .option('--nodes <LIST>', 'numbers of nodes', '2')
      .option('--worlds <LIST>', 'where nodes run', REAL_WORLDS.map(({ name }) => name).join())
      .option('--repeats <N>', 'real runs of each configuration', '3')
      .option(
        '--patience <S>',
        'wait so long for a quiet machine; 0: measure anyway',
        PATIENCE_SECONDS,
      )
      .option('--bandwidth <RATE>', 'play links of that bandwidth between nodes')
      .option('--delay <TIME>', 'play that latency between nodes')
      .option('--set <path=value>', 'another value for any field; may be repeated', collect)
      .option('--out <DIR>', 'where profiles and validation.csv go', 'out/validation')
      .addHelpText('after', DETAILS);
    if (!parseWords(parser, words)) return EXIT.done;
    const file = parser.processedArgs[0] as string;
    const options = parser.opts<Options>();
    const nodeCounts = options.nodes.split(',').map((text) => readWhole('--nodes', text, 1));
    const repeats = readWhole('--repeats', options.repeats, 1);
    const seconds = readWhole('--patience', options.patience, 0);
    const patience = { patienceMs: 1000 * seconds, times: seconds > 0 ? MOST_TIMES : 1 };
    const kinds = options.worlds.split(',').map(worldOf);
    const shape = await readShape(options);
    for (const nodes of nodeCounts) {
      const overrides = { set: options.set, nodes: String(nodes), links: linksOf(shape) };
      const { scenario } = await prepare(file, overrides);
      for (const kind of kinds) refuseUnreal(file, kind, scenario);
    }
    return interruptible(async (interrupts) => {
      const held: Held[] = [];
      const validation = { file, options, repeats, patience, shape, interrupts, streams };
      mkdirSync(options.out, { recursive: true });
      for (const kind of kinds)
        for (const nodes of nodeCounts) await new Validation(validation, kind, nodes).hold(held);
      if (held.length === 0) return EXIT.failed;
      streams.stdout.write(heldTable(held));
      replaceFile(join(options.out, 'validation.csv'), heldCsv(held));
      streams.stderr.write(`profiles and validation.csv are in ${options.out}\n`);
      return held.some(({ measured }) => measured.some(({ summary }) => summary.failure !== null))
        ? EXIT.failed
        : EXIT.done;
    });
  });
}

function worldOf(name: string): RealWorldKind {
  const kind = REAL_WORLDS.find((one) => one.name === name);
  const names = REAL_WORLDS.map((one) => one.name);
  if (!kind) throw new BadInput(`--worlds has ${show(name)}; ${oneOf(names)} would be right`);
  return kind;
}

interface Given {
  readonly file: string;
  readonly options: Options;
  readonly repeats: number;
  readonly patience: Patience;
  readonly shape: Awaited<ReturnType<typeof readShape>>;
  readonly interrupts: Interrupts;
  readonly streams: CommandStreams;
}

/** One world with one number of nodes: measured, predicted and held against real runs. */
class Validation {
  private readonly given: Given;
  private readonly kind: RealWorldKind;
  private readonly nodes: number;

  constructor(given: Given, kind: RealWorldKind, nodes: number) {
    this.given = given;
    this.kind = kind;
    this.nodes = nodes;
  }

  /** Adds what it finds. */
  async hold(held: Held[]): Promise<void> {
    const { kind, nodes } = this;
    const { repeats, shape, interrupts } = this.given;
    if (interrupts.status !== null) return;
    this.say('measuring the machine');
    const profile = await this.calibrate();
    const prepared = await this.prepared([`cluster.profile=${profile}`]);
    for (const warning of realWarnings(kind, prepared.scenario)) this.say(`warning: ${warning}`);
    for (const protocol of prepared.scenario.protocol) {
      const scenario = { ...prepared.scenario, protocol: [protocol] };
      const run = async (world: ScenarioWorld, name: typeof kind.name | 'simulated') => {
        interrupts.onQuit(() => world.quit());
        const { runs, crash } = await world.start();
        if (crash) throw crash;
        const { summaries } = resultsOf(scenario, name, runs);
        return runs.map((made, at) => ({
          summary: summaries[at],
          iterationSeconds: settledSeconds(made),
          others: 0,
        }));
      };
      this.say(`${protocol.label}: predicting`);
      const [predicted] = await run(new SimulatedWorld(scenario, prepared.data), 'simulated');
      const measured = [];
      for (let time = 1; time <= repeats && interrupts.status === null; time++) {
        this.say(`${protocol.label}: real run ${time} of ${repeats}`);
        const real = () => run(new RealWorld(kind, scenario, prepared.data, { shape }), kind.name);
        const { made, others } = await quietly(real, this.given.patience);
        if (others > MOST_OF_OTHERS)
          this.say(`others had ${formatShare(others)} of the machine meanwhile`);
        measured.push(...made.map((one) => ({ ...one, others })));
      }
      if (interrupts.status !== null) return;
      held.push({ world: kind.name, nodes, predicted, measured });
    }
  }

  /** Measures the machine; the file of its profile. */
  private async calibrate(): Promise<string> {
    const { kind, nodes, given } = this;
    const { scenario, data } = await this.prepared([]);
    const model = modelOf(scenario.model);
    if (model.kind !== 'mlp' || data === null)
      throw new Error('what cannot run for real has been refused');
    const work = {
      ...{ model, training: trainingOf(scenario.training), data: data.train },
      ...{ sizes: passSizes(scenario, nodes), eachNs: EACH_SIZE_NS },
    };
    const busyNodes = Math.min(nodes, availableParallelism());
    const { made: compute } = await quietly(
      () => measureCompute(kind, work, busyNodes),
      given.patience,
    );
    const { made: transport } = await quietly(() => measureTransport(kind), given.patience);
    const profile = profileOf(compute, transport, kind.name, nodes);
    const file = join(given.options.out, `profile-${kind.name}-${nodes}.json`);
    replaceFile(file, `${JSON.stringify(profile, null, 2)}\n`);
    return file;
  }

  private prepared(set: readonly string[], nodes = this.nodes): Promise<Prepared> {
    const { file, options, shape } = this.given;
    const all = [...(options.set ?? []), ...set];
    return prepare(file, { set: all, nodes: String(nodes), links: linksOf(shape) });
  }

  private say(what: string): void {
    this.given.streams.stderr.write(`${this.nodes} ${this.kind.name}: ${what}\n`);
  }
}

/** How many samples the passes of a run have. */
function passSizes({ training, protocol }: Prepared['scenario'], nodes: number): number[] {
  const { batch, microBatches } = training;
  const sizes = protocol.flatMap((one) => {
    const { definition, options } = chosen(one);
    return definition.passSamples?.(batch, options, nodes) ?? [batch / microBatches];
  });
  return [...new Set(sizes)].sort((one, other) => one - other);
}

function profileOf(
  { host, model }: MeasuredCompute,
  transport: Transport,
  world: string,
  nodes: number,
) {
  const cores = availableParallelism();
  const { network, sending, receiving, probes } = transport;
  const cost = ({ latencyNs, bytesPerSecond }: Line) => ({
    overhead: latencyNs / 1e9,
    bandwidth: bytesPerSecond,
  });
  return {
    measured: {
      ...{ world, nodes, processor: cpus()[0]?.model ?? 'unknown' },
      ...{ cores, node: process.version, probes },
    },
    model,
    ...(nodes > cores ? { machines: { nodes, cores } } : {}),
    host: { ...host, sending: cost(sending), receiving: cost(receiving) },
    network: {
      ...{ kind: 'star', sharing: 'fifo' },
      ...{ bandwidth: network.bytesPerSecond, latency: network.latencyNs / 1e9 },
    },
  };
}
