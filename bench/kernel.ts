/**
 * The kernel alone: 4,096 nodes, each with one event pending, whose handler schedules the next. Dispatch through
 * the table of handlers and the digest are included. Median of rounds of CPU time.
 */
import { Kernel } from '../engine/kernel.ts';

const NODES = 4096;
const EVENTS = 1_000_000;
const ROUNDS = 7;

export async function bench(print: (line: string) => void): Promise<void> {
  const kernel = new Kernel(1);
  const hops = new Float64Array(NODES);
  const kinds: number[] = [];
  for (let kind = 0; kind < 4; kind++)
    kinds.push(
      kernel.register((node, count) => {
        hops[node]++;
        const later = 1 + ((node * 7919 + count * 104_729) & 1023);
        kernel.schedule(kernel.now + later, kinds[count & 3], node, count + 1);
      }),
    );
  for (let node = 0; node < NODES; node++) kernel.schedule(0, kinds[0], node, 0);
  kernel.run(EVENTS);
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    kernel.run(EVENTS);
    const { user, system } = process.cpuUsage(before);
    rates.push(EVENTS / (user + system));
  }
  rates.sort((one, other) => one - other);
  print(
    `kernel: ${rates[ROUNDS >> 1].toFixed(2)} million events/s dispatched to ${NODES} nodes, ` +
      `digest ${kernel.digest}`,
  );
}
