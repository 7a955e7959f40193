/** One long run on processes, struck at fixed intervals by a random fault: its weights, and what memory it takes. */
import cluster from 'node:cluster';
import { existsSync, readFileSync } from 'node:fs';
import { formatCounted, formatMemory } from '../../engine/format.ts';
import type { TimedFault } from '../../scenarios/fault.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { processes } from '../worlds/processes/processes.ts';
import { drawn, type Found, realRun, rightWeights, type Soak, Tally } from './soak.ts';

/** The network it plays: slow, so that a long run has no more iterations than a simulation can follow. */
const SHAPE = { bytesPerSecond: Infinity, delayNs: 5e6 };
/** So many iterations show how long one takes. */
const TRIED = 100;
const LOOK_MS = 5000;
/** Of Linux on most machines; only the course of the figures is judged. */
const PAGE_BYTES = 4096;
/** Memory is flat where the last third of the time needs no more than that times the middle one. */
const FLAT = 1.1;

export async function strikeOften(
  soak: Soak,
  minutes: number,
  everySeconds: number,
): Promise<Found> {
  if (!existsSync('/proc/self/statm'))
    throw new BadInput(
      'the memory of processes is read from /proc, which is not on this machine; Linux would be right',
    );
  const tried = await realRun(longer(soak, TRIED), processes, [], { shape: SHAPE });
  if (tried === null) return { rows: [], isRight: false };
  const iterations = Math.ceil((minutes * 60e9 * TRIED) / tried.result.timeNs);
  const long = longer(soak, iterations);
  const tally = new Tally(await rightWeights(long));
  const faults = drawFaults(soak, minutes, everySeconds);
  soak.say(`${formatCounted(iterations, 'iteration')}, ${formatCounted(faults.length, 'fault')}`);
  const memory = new MemoryWatch((line) => soak.say(line));
  const run = await realRun(long, processes, faults, { shape: SHAPE });
  memory.end();
  if (run === null) return { rows: [], isRight: false };
  if (!tally.count(run)) soak.say(run.result.failure?.message ?? 'OTHER WEIGHTS');
  const kinds = [...new Set(faults.map(({ kind }) => kind))].sort();
  const struck = kinds.map(
    (kind) => `${run.result.faults.filter((fault) => fault.kind === kind).length} ${kind}`,
  );
  return {
    rows: [
      ['minutes', (run.result.timeNs / 60e9).toFixed(1)],
      ['iterations', String(run.training.iterations.length)],
      ['faults', struck.join(', ')],
      ...tally.found.rows,
      ...memory.rows,
    ],
    isRight: tally.found.isRight && memory.isFlat,
  };
}

function longer(soak: Soak, iterations: number): Soak {
  const { scenario } = soak;
  const training = { ...scenario.training, iterations, evaluateEvery: iterations };
  return { ...soak, scenario: { ...scenario, training } };
}

function drawFaults(
  { luck, scenario }: Soak,
  minutes: number,
  everySeconds: number,
): TimedFault<number>[] {
  const count = Math.floor((minutes * 60) / everySeconds);
  return Array.from({ length: count }, (_, place): TimedFault<number> => {
    const at = (place + drawn(luck, 0.5)) * everySeconds;
    const node = Math.floor(drawn(luck, scenario.cluster.nodes));
    const kind = Math.floor(drawn(luck, 3));
    if (kind === 0) return { kind: 'crash', at, node, for: 0.1 };
    if (kind === 1) return { kind: 'pause', at, node, for: 0.5 };
    return { kind: 'slow', at, node, factor: 5, for: 1 };
  });
}

/** The memory of this process and of the largest of the nodes', looked at now and then. */
class MemoryWatch {
  private readonly own: number[] = [];
  private readonly largest: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(say: (line: string) => void) {
    this.timer = setInterval(() => {
      this.own.push(process.memoryUsage.rss());
      this.largest.push(Math.max(0, ...nodeBytes()));
      const [own, largest] = [this.own, this.largest].map((all) => formatMemory(all.at(-1)!));
      if (this.own.length % 6 === 0) say(`memory: ${own} here, ${largest} of a node at most`);
    }, LOOK_MS);
  }

  end(): void {
    clearInterval(this.timer);
  }

  get rows(): Found['rows'] {
    const row = (name: string, all: readonly number[]) => {
      const parts = thirds(all).map((bytes) => formatMemory(bytes));
      return [`memory of ${name}, by thirds`, parts.join(', ')] as const;
    };
    return [row('this process', this.own), row('the largest node', this.largest)];
  }

  get isFlat(): boolean {
    return [this.own, this.largest].every((all) => {
      const [, middle, last] = thirds(all);
      return !(last > middle * FLAT);
    });
  }
}

function thirds(all: readonly number[]): number[] {
  const end = (part: number) => Math.round((all.length * part) / 3);
  return [0, 1, 2].map((part) => {
    const some = all.slice(end(part), end(part + 1));
    return some.reduce((sum, bytes) => sum + bytes, 0) / Math.max(1, some.length);
  });
}

/** Bytes in memory of each of the processes that run nodes now. */
function nodeBytes(): number[] {
  return Object.values(cluster.workers ?? {}).flatMap((worker) => {
    try {
      const pages = readFileSync(`/proc/${worker!.process.pid}/statm`, 'utf8').split(' ')[1];
      return [Number(pages) * PAGE_BYTES];
    } catch {
      // It has just ended.
      return [];
    }
  });
}
