/**
 * Messages a second over the bare engine (kernel and fair-sharing network, no nodes), CPU time on one core, beside
 * what SimGrid 3.32 and ASTRA-sim's analytical back-end took for the same: rounds of computing and sending around
 * a ring, rounds of a parameter server with staggered workers, and a ring all-reduce.
 */
import { Kernel } from '../engine/kernel.ts';
import { FairNetwork } from '../engine/network/fair/fair-network.ts';
import { ringTopology } from '../engine/network/ring.ts';
import { starTopology } from '../engine/network/star.ts';
import { randomStream } from '../engine/random.ts';

const MEGABYTE = 1e6;

interface Measured {
  readonly messages: number;
  readonly microseconds: number;
  /** Of the whole process, at its highest so far. */
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
    delivered: (source) => {
      messages++;
      const node = source + 1 === nodes ? 0 : source + 1;
      if (++step[node] < steps)
        network.send(node, node, node + 1 === nodes ? 0 : node + 1, chunkBytes, 1);
    },
  });
  for (let node = 0; node < nodes; node++)
    network.send(node, node, node + 1 === nodes ? 0 : node + 1, chunkBytes, 1);
  return timed(kernel, () => messages);
}

export async function bench(print: (line: string) => void): Promise<void> {
  print('Fair-sharing network over the bare engine, CPU time [SimGrid 3.32, ASTRA-sim]');
  ringRounds(64, 2000);
  serverRounds(64, 100);
  const tell = (name: string, { messages, microseconds, megabytes }: Measured, theirs: string) =>
    print(
      `${name.padEnd(40)} ${(messages / microseconds).toFixed(2).padStart(6)} M messages/s ` +
        `${(microseconds / messages).toFixed(2).padStart(6)} us each ` +
        `${(microseconds / 1e6).toFixed(1).padStart(6)} s ${megabytes.toFixed(0).padStart(5)} MB ${theirs}`,
    );
  tell('ring, 64 nodes', ringRounds(64, 30_000), '[0.29 M/s]');
  tell('ring, 4,096 nodes', ringRounds(4096, 400), '[0.044 M/s]');
  tell('ring, 16,384 nodes', ringRounds(16_384, 100), '[0.035 M/s, 204 MB]');
  tell('ring, 65,536 nodes', ringRounds(65_536, 30), '');
  tell('parameter server, 512 workers', serverRounds(512, 300), '[51 us each]');
  tell('parameter server, 4,096 workers', serverRounds(4096, 40), '[1,015 us each]');
  tell('parameter server, 16,384 workers', serverRounds(16_384, 10), '');
  tell('ring all-reduce, 4,096 nodes', allReduce(4096), '[76 s, 5,400 MB]');
}
