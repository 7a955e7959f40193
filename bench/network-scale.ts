/**
 * How the fair-sharing network grows with the number of nodes: bytes a node that a network and its traffic hold,
 * and microseconds of CPU time a message, at 1,024 to 65,536 nodes. Ring and torus: every node sends to a
 * neighbour again and again. Star: every node sends to one server, at staggered times, and gets an answer.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Kernel } from '../engine/kernel.ts';
import { FairNetwork } from '../engine/network/fair/fair-network.ts';
import { ringTopology } from '../engine/network/ring.ts';
import { starTopology } from '../engine/network/star.ts';
import { torusTopology } from '../engine/network/topologies/torus.ts';
import type { Topology } from '../engine/network/topology.ts';
import { randomStream } from '../engine/random.ts';

const SIZES = [1024, 4096, 16_384, 65_536];
const MESSAGES = 400_000;
const BANDWIDTH_BYTES_PER_SECOND = 1.25e9;
const LATENCY_NS = 25_000;
const BYTES = 50_000;

interface Traffic {
  readonly name: string;
  readonly topology: (nodes: number) => Topology;
  /** Where a node sends its next message. */
  readonly target: (node: number, nodes: number, message: number) => number;
  /** The first node that sends of its own accord. */
  readonly first: number;
  /** The node that answers every message, if there is one. */
  readonly server: number;
}

const TRAFFIC: readonly Traffic[] = [
  {
    name: 'ring, next neighbour',
    topology: (nodes) => ringTopology(nodes, BANDWIDTH_BYTES_PER_SECOND, LATENCY_NS),
    target: (node, nodes) => (node + 1) % nodes,
    first: 0,
    server: -1,
  },
  {
    name: 'torus, each neighbour in turn',
    topology: (nodes) => {
      const side = Math.sqrt(nodes);
      return torusTopology(side, side, BANDWIDTH_BYTES_PER_SECOND, LATENCY_NS);
    },
    target: (node, nodes, message) => {
      const side = Math.sqrt(nodes);
      const isRow = message % 2 === 0;
      const step = message % 4 < 2 ? 1 : -1;
      const row = Math.floor(node / side);
      if (!isRow) return ((row + step + side) % side) * side + (node % side);
      return row * side + (((node % side) + step + side) % side);
    },
    first: 0,
    server: -1,
  },
  {
    name: 'star, all to one server and back',
    topology: (nodes) => starTopology(nodes, BANDWIDTH_BYTES_PER_SECOND, LATENCY_NS),
    target: () => 0,
    first: 1,
    server: 0,
  },
];

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Bytes in use outside and inside the heap of JavaScript objects. */
function memory(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Plays the traffic; returns microseconds a message, bytes a node at the end, and events a message. */
function play(traffic: Traffic, nodes: number) {
  const before = memory();
  const chance = randomStream(1, 'network-scale');
  const kernel = new Kernel(1);
  const { topology, target, first, server } = traffic;
  const sent = new Int32Array(nodes);
  let messages = 0;
  const network = new FairNetwork(kernel, topology(nodes), {
    departed: () => {},
    delivered: (transfer) => {
      messages++;
      const node = transfer % nodes;
      if (server >= 0 && transfer < nodes) network.send(nodes + node, server, node, BYTES, 1);
      else if (messages < MESSAGES) think(node);
    },
  });
  const thought = kernel.register((node) =>
    network.send(node, node, target(node, nodes, sent[node]++), BYTES, 1),
  );
  const think = (node: number) =>
    kernel.schedule(kernel.now + 1_000_000 + chance.below(1_000_000), thought, node, 0);
  for (let node = first; node < nodes; node++) think(node);
  const began = process.cpuUsage();
  kernel.run(Infinity);
  const { user, system } = process.cpuUsage(began);
  return {
    microseconds: (user + system) / messages,
    bytes: (memory() - before) / nodes,
    events: kernel.events / messages,
    held: network.loads().bytes.length,
  };
}

export async function bench(print: (line: string) => void): Promise<void> {
  print(`Fair-sharing network, ${MESSAGES} messages: growth with the number of nodes`);
  print(`${'traffic'.padEnd(36)} nodes  us a message  bytes a node  events a message`);
  for (const traffic of TRAFFIC) {
    play(traffic, 256);
    for (const nodes of SIZES) {
      const { microseconds, bytes, events } = play(traffic, nodes);
      print(
        traffic.name.padEnd(34) +
          String(nodes).padStart(8) +
          microseconds.toFixed(2).padStart(14) +
          bytes.toFixed(0).padStart(14) +
          events.toFixed(2).padStart(18),
      );
    }
  }
}
