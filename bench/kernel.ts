/**
 * The kernel alone: 4,096 nodes, each with one event pending, whose handler schedules the next. Dispatch through
 * the table of handlers and the digest are included. The baseline is the usual way: npm `flatqueue` with a closure
 * an event (no stable ties, no digest, no cancelling). Median of rounds of CPU time, taken in turn.
 */
import FlatQueue from 'flatqueue';
import { Kernel } from '../engine/kernel.ts';

const NODES = 4096;
const EVENTS = 1_000_000;
const ROUNDS = 7;

/** The time between an event of a node and its next. */
function delay(node: number, count: number): number {
  return 1 + ((node * 7919 + count * 104_729) & 1023);
}

/** Returns what runs that many events. */
function ourLoop(): { run: (events: number) => void; digest: () => string } {
  const kernel = new Kernel(1);
  const hops = new Float64Array(NODES);
  const kinds: number[] = [];
  for (let kind = 0; kind < 4; kind++)
    kinds.push(
      kernel.register((node, count) => {
        hops[node]++;
        kernel.schedule(kernel.now + delay(node, count), kinds[count & 3], node, count + 1);
      }),
    );
  for (let node = 0; node < NODES; node++) kernel.schedule(0, kinds[0], node, 0);
  return { run: (events) => void kernel.run(events), digest: () => kernel.digest };
}

function closureLoop(): (events: number) => void {
  const queue = new FlatQueue<() => void>();
  const hops = new Float64Array(NODES);
  let now = 0;
  const schedule = (node: number, count: number, time: number) =>
    queue.push(() => {
      hops[node]++;
      schedule(node, count + 1, now + delay(node, count));
    }, time);
  for (let node = 0; node < NODES; node++) schedule(node, 0, 0);
  return (events) => {
    for (let event = 0; event < events; event++) {
      now = queue.peekValue()!;
      queue.pop()!();
    }
  };
}

function millionEventsPerSecond(run: (events: number) => void): number {
  const before = process.cpuUsage();
  run(EVENTS);
  const { user, system } = process.cpuUsage(before);
  return EVENTS / (user + system);
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[values.length >> 1];
}

export async function bench(print: (line: string) => void): Promise<void> {
  const ours = ourLoop();
  const theirs = closureLoop();
  ours.run(EVENTS);
  theirs(EVENTS);
  const rates: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rates.push(millionEventsPerSecond(ours.run));
    baseline.push(millionEventsPerSecond(theirs));
  }
  print(
    `kernel: ${median(rates).toFixed(2)} million events/s dispatched to ${NODES} nodes ` +
      `(flatqueue with a closure an event: ${median(baseline).toFixed(2)}), digest ${ours.digest()}`,
  );
}
