/**
 * Plays rounds of computing and sending on the fair-sharing network: around a ring, or between workers and one
 * server. It plays just what the files state: bytes without headers, tasks without overhead.
 */
import { Kernel } from '../../engine/kernel.ts';
import { FairNetwork } from '../../engine/network/fair/fair-network.ts';
import type { Topology } from '../../engine/network/topology.ts';
import { runWithin } from './play-transfers.ts';
import type { RingFile, ServerFile } from './schema.ts';

function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}

/**
 * Each round a node computes, sends to the next node over the one link to it, and waits for both the message
 * from the node before and the end of its own sending.
 * @returns seconds at which each node ends
 */
export function playRing({ parameters, computeFlopsPerRound }: RingFile): number[] {
  const { hosts, rounds } = parameters;
  const ends = new Array<number>(hosts).fill(0);
  const round = new Array<number>(hosts).fill(0);
  const sent = new Array<number>(hosts).fill(0);
  const received = new Array<number>(hosts).fill(0);
  const kernel = new Kernel(0);
  const compute = (node: number) => {
    const duration = nanoseconds(computeFlopsPerRound[node] / parameters.hostFlopsPerSecond);
    kernel.schedule(kernel.now + duration, computed, node, 0);
  };
  const goOn = (node: number) => {
    if (sent[node] <= round[node] || received[node] <= round[node]) return;
    round[node]++;
    if (round[node] < rounds) compute(node);
    else ends[node] = kernel.now / 1e9;
  };
  const network = new FairNetwork(kernel, oneWayRing(parameters), {
    departed: () => {},
    delivered: (node) => {
      sent[node]++;
      received[(node + 1) % hosts]++;
      goOn(node);
      goOn((node + 1) % hosts);
    },
  });
  const computed = kernel.register((node) =>
    network.send(node, node, (node + 1) % hosts, parameters.messageBytes, 1),
  );
  if (rounds > 0) for (let node = 0; node < hosts; node++) compute(node);
  runWithin(kernel);
  return ends;
}

/**
 * Each round every worker computes and sends to the server; the server waits for all, computes, and sends to all
 * at once; a worker goes on when its own copy has arrived.
 * @returns seconds at which each worker ends
 */
export function playServer(file: ServerFile): number[] {
  const { parameters, computeFlopsPerRound } = file;
  const { hosts, rounds, messageBytes, hostFlopsPerSecond } = parameters;
  const ends = new Array<number>(hosts).fill(0);
  const kernel = new Kernel(0);
  let arrived = 0;
  let round = 0;
  const compute = (worker: number) => {
    const duration = nanoseconds(computeFlopsPerRound[worker] / hostFlopsPerSecond);
    kernel.schedule(kernel.now + duration, computed, worker, 0);
  };
  const atServer = () => {
    if (++arrived < hosts) return;
    arrived = 0;
    const duration = nanoseconds(parameters.serverFlopsPerRound / hostFlopsPerSecond);
    kernel.schedule(kernel.now + duration, summed, 0, 0);
  };
  const atWorker = (worker: number) => {
    if (round < rounds) compute(worker);
    else ends[worker] = kernel.now / 1e9;
  };
  const network = new FairNetwork(kernel, starWithServer(file), {
    departed: () => {},
    delivered: (transfer) => (transfer < hosts ? atServer() : atWorker(transfer - hosts)),
  });
  const computed = kernel.register((worker) =>
    network.send(worker, worker, hosts, messageBytes, 1),
  );
  const summed = kernel.register(() => {
    round++;
    for (let worker = 0; worker < hosts; worker++)
      network.send(hosts + worker, hosts, worker, messageBytes, 1);
  });
  if (rounds > 0) for (let worker = 0; worker < hosts; worker++) compute(worker);
  runWithin(kernel);
  return ends;
}

/** Link i runs from node i to the next. */
function oneWayRing(parameters: RingFile['parameters']): Topology {
  const { hosts, bandwidthBytesPerSecond, latencySecondsPerLink } = parameters;
  const latencyNs = latencySecondsPerLink * 1e9;
  return {
    kind: 'one-way ring',
    nodeCount: hosts,
    linkCount: hosts,
    link: (index) => ({ id: `l${index}`, bandwidthBytesPerSecond, latencyNs }),
    route: (source, _target, into) => {
      into[0] = source;
      return 1;
    },
    longestRoute: 1,
  };
}

/** Workers 0 to hosts - 1 and the server behind one switch: link 2i up from host i, link 2i + 1 down to it. */
function starWithServer(file: ServerFile): Topology {
  const { hosts, bandwidthBytesPerSecond, latencySecondsPerLink } = file.parameters;
  const bandwidths = [...file.workerBandwidthBytesPerSecond, bandwidthBytesPerSecond];
  const latencyNs = latencySecondsPerLink * 1e9;
  return {
    kind: 'star',
    nodeCount: hosts + 1,
    linkCount: 2 * hosts + 2,
    link: (index) => ({
      id: `${index % 2 === 0 ? 'up' : 'down'}${index >> 1}`,
      bandwidthBytesPerSecond: bandwidths[index >> 1],
      latencyNs,
    }),
    route: (source, target, into) => {
      into[0] = 2 * source;
      into[1] = 2 * target + 1;
      return 2;
    },
    longestRoute: 2,
  };
}
