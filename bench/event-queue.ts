/**
 * The event queue against npm's flatqueue in a hold model: pop the first event, put it back a random time later.
 * flatqueue keeps no order among equals and cannot cancel; ours does both. Two mixes of times: one with many
 * ties, as training has, and one with almost none. Each figure is the median of interleaved rounds of CPU time.
 */
import FlatQueue from 'flatqueue';
import { EventQueue } from '../engine/event-queue.ts';
import { sample } from '../engine/distribution.ts';
import { randomStream } from '../engine/random.ts';

const ROUNDS = 7;
const DRAWS = 65_536;

function delays(meanNs: number): Int32Array {
  const stream = randomStream(1, 'hold');
  const distribution = { kind: 'exponential', mean: meanNs } as const;
  return Int32Array.from({ length: DRAWS }, () => Math.floor(sample(distribution, stream)));
}

function holdOurs(queue: EventQueue, later: Int32Array, times: number): void {
  for (let i = 0; i < times; i++) {
    queue.pop();
    queue.push(queue.timeNs + later[i % DRAWS], 0, queue.a, 0);
  }
}

function holdTheirs(queue: FlatQueue<number>, later: Int32Array, times: number): void {
  for (let i = 0; i < times; i++) {
    const timeNs = queue.peekValue()!;
    queue.push(queue.pop()!, timeNs + later[i % DRAWS]);
  }
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[values.length >> 1];
}

export async function bench(print: (line: string) => void): Promise<void> {
  for (const [mix, meanNs] of [
    ['many ties', 1000],
    ['few ties', 1_000_000],
  ] as const)
    for (const pending of [1000, 10_000, 100_000, 1_000_000]) {
      const later = delays(meanNs);
      const ours = new EventQueue();
      const theirs = new FlatQueue<number>();
      for (let i = 0; i < pending; i++) {
        ours.push(later[i % DRAWS], 0, i, 0);
        theirs.push(i, later[i % DRAWS]);
      }
      holdOurs(ours, later, pending);
      holdTheirs(theirs, later, pending);
      const times = 400_000;
      const seconds: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round++) {
        seconds[0].push(cpuSeconds(() => holdOurs(ours, later, times)));
        seconds[1].push(cpuSeconds(() => holdTheirs(theirs, later, times)));
      }
      const [our, their] = seconds.map((all) => times / median(all) / 1e6);
      print(
        `event queue, ${mix}, ${pending.toLocaleString('en')} pending: ${our.toFixed(2)} million ` +
          `holds/s, flatqueue ${their.toFixed(2)}, ratio ${(our / their).toFixed(2)}`,
      );
    }
}
