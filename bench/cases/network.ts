/**
 * Messages over the bare engine (kernel and fair-sharing network, no nodes): rounds of computing and sending around
 * a ring, rounds of a parameter server with staggered workers, and a ring all-reduce. As a program of its own it
 * plays one of them, named with its size on the command line, and prints what it took as JSON: a process a case,
 * so that each has a memory figure of its own.
 */
import { pathToFileURL } from 'node:url';
import { Kernel } from '../../engine/kernel.ts';
import { FairNetwork } from '../../engine/network/fair/fair-network.ts';
import { ringTopology } from '../../engine/network/ring.ts';
import { starTopology } from '../../engine/network/star.ts';
import { randomStream } from '../../engine/random.ts';

const MEGABYTE = 1e6;

export interface Measured {
  readonly messages: number;
  readonly microseconds: number;
  /** Of the whole process, Node and its loader included, at its highest. */
  readonly megabytes: number;
}

function timed(kernel: Kernel, messages: () => number): Measured {
  const began = process.cpuUsage();
  kernel.run(Infinity);
  const { user, system } = process.cpuUsage(began);
  const megabytes = (process.resourceUsage().maxRSS * 1024) / MEGABYTE;
  return { messages: messages(), microseconds: user + system, megabytes };
}

/** Work times between 1 and 2 ms, one a node. */
function workTimes(nodes: number): Float64Array {
  const chance = randomStream(1, 'network-speed');
  return Float64Array.from({ length: nodes }, () => 1_000_000 + chance.below(1_000_000));
}

/** Each round a node computes, sends to the next, and waits for its own sending and for its neighbour's message. */
function ringRounds(nodes: number, rounds: number): Measured {
  const kernel = new Kernel(1);
  const work = workTimes(nodes);
  const round = new Int32Array(nodes);
  const sent = new Int32Array(nodes);
  const received = new Int32Array(nodes);
  let messages = 0;
  const next = (node: number) => (node + 1 === nodes ? 0 : node + 1);
  const goOn = (node: number) => {
    if (sent[node] <= round[node] || received[node] <= round[node]) return;
    if (++round[node] < rounds) kernel.schedule(kernel.now + work[node], computed, node, 0);
  };
  const network = new FairNetwork(kernel, ringTopology(nodes, 1.25e8, 50_000), {
    departed: () => {},
    delivered: (node) => {
      messages++;
      sent[node]++;
      received[next(node)]++;
      goOn(node);
      goOn(next(node));
    },
  });
  const computed = kernel.register((node) => network.send(node, node, next(node), 100_000, 1));
  for (let node = 0; node < nodes; node++) kernel.schedule(work[node], computed, node, 0);
  return timed(kernel, () => messages);
}

/** Each round every worker computes and sends to the server, which answers all when it has heard all. */
function serverRounds(workers: number, rounds: number): Measured {
  const kernel = new Kernel(1);
  const work = workTimes(workers);
  let arrived = 0;
  let round = 0;
  let messages = 0;
  const answer = () => {
    arrived = 0;
    round++;
    for (let worker = 0; worker < workers; worker++)
      network.send(workers + worker, workers, worker, 100_000, 1);
  };
  const network = new FairNetwork(kernel, starTopology(workers + 1, 1.25e9, 40_000), {
    departed: () => {},
    delivered: (transfer) => {
      messages++;
      const worker = transfer % workers;
      if (transfer < workers) {
        if (++arrived === workers) answer();
      } else if (round < rounds) kernel.schedule(kernel.now + work[worker], computed, worker, 0);
    },
  });
  const computed = kernel.register((worker) => network.send(worker, worker, workers, 100_000, 1));
  for (let worker = 0; worker < workers; worker++)
    kernel.schedule(work[worker], computed, worker, 0);
  return timed(kernel, () => messages);
}

/** 2 (N - 1) steps in which every node sends one chunk to the next as soon as it has its neighbour's last one. */
function allReduce(nodes: number): Measured {
  const kernel = new Kernel(1);
  const steps = 2 * (nodes - 1);
  const chunkBytes = 100_000;
  const step = new Int32Array(nodes);
  let messages = 0;
  const network = new FairNetwork(kernel, ringTopology(nodes, 1.25e9, 500), {
    departed: () => {},
    delivered: (transfer) => {
      messages++;
      const source = transfer < nodes ? transfer : transfer - nodes;
      const node = source + 1 === nodes ? 0 : source + 1;
      if (++step[node] < steps) send(node);
    },
  });
  // A node's last chunk may still be on its way when it sends the next.
  const send = (node: number) =>
    network.send(
      step[node] % 2 === 0 ? node : nodes + node,
      node,
      node + 1 === nodes ? 0 : node + 1,
      chunkBytes,
      1,
    );
  for (let node = 0; node < nodes; node++) send(node);
  return timed(kernel, () => messages);
}

const CASES: Record<string, (nodes: number, rounds: number) => Measured> = {
  ring: ringRounds,
  server: serverRounds,
  'all-reduce': allReduce,
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name, nodes, rounds] = process.argv.slice(2);
  // Small rounds first, so that what is measured is compiled code.
  ringRounds(64, 2000);
  serverRounds(64, 100);
  console.log(JSON.stringify(CASES[name](Number(nodes), Number(rounds))));
}
