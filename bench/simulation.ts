/**
 * The whole simulation at work: tokens that pass round a ring of 1,024 nodes, each with a short job at every hop.
 * The figures are messages a second of wall time, and bytes of memory a node.
 */
import { ringTopology } from '../engine/network/ring.ts';
import { Simulation } from '../engine/simulation.ts';
import type { Job, Message, Node, NodeId, World } from '../engine/world.ts';

const NODES = 1024;
const TOKENS_A_NODE = 4;
const WARM_UP_EVENTS = 500_000;
const MEASURED_EVENTS = 3_000_000;

/** Works on every token that comes and passes it on, for ever. */
class Passer implements Node {
  readonly phase = 'passing';
  readonly finished = false;
  private readonly world: World;
  private readonly next: NodeId;
  private waiting = 0;
  private working = false;
  private readonly job: Job = { name: 'pass', flops: 1000, run() {} };

  constructor(world: World) {
    this.world = world;
    this.next = (world.self + 1) % NODES;
  }

  start(): void {
    this.waiting = TOKENS_A_NODE;
    this.work();
  }

  receive(_message: Message): void {
    this.waiting++;
    if (!this.working) this.work();
  }

  computed(): void {
    this.working = false;
    this.world.send(this.next, { kind: 'token' }, 1000);
    this.work();
  }

  woken(): void {}

  waitsFor(): string {
    return 'a token';
  }

  private work(): void {
    if (this.waiting === 0) return;
    this.waiting--;
    this.working = true;
    this.world.compute(this.job);
  }
}

function simulation(): Simulation {
  const host = { speedFlopsPerSecond: 1e9, memoryBytes: Infinity, taskOverheadNs: 1000 };
  return new Simulation({
    seed: 1,
    hosts: Array.from({ length: NODES }, () => host),
    topology: ringTopology(NODES, 1e9, 1000),
    sharing: 'fifo',
    runJobs: false,
    place: (world) => new Passer(world),
  });
}

export async function bench(print: (line: string) => void): Promise<void> {
  const before = memory();
  const passing = simulation();
  const after = memory();
  passing.run(WARM_UP_EVENTS);
  const messages = passing.messages;
  const start = process.hrtime.bigint();
  passing.run(MEASURED_EVENTS);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const rate = (passing.messages - messages) / seconds;
  print(
    `simulation: ${Math.round(rate).toLocaleString('en')} messages/s and ` +
      `${Math.round(MEASURED_EVENTS / seconds).toLocaleString('en')} events/s on ${NODES} nodes; ` +
      `${Math.round((after - before) / NODES).toLocaleString('en')} bytes a node` +
      (globalThis.gc ? '' : ' (roughly: start node with --expose-gc)'),
  );
}

function memory(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
