/** Messages a second of rings and a torus under cost numerics, with all layers of a node's logic. */
import { ringTopology } from '../engine/network/ring.ts';
import { torusTopology } from '../engine/network/topologies/torus.ts';
import { Simulation } from '../engine/simulation.ts';
import type { Assignment } from '../models/spec/assignment.ts';
import { ringTmp } from '../models/protocols/ring-tmp/definition.ts';

const RINGS = [
  { nodes: 1024, microBatches: 64, rings: 1, iterations: 4 },
  { nodes: 4096, microBatches: 32, rings: 1, iterations: 4 },
  { nodes: 16_384, microBatches: 32 * 128, rings: 128, iterations: 1 },
];
const LATENCY_NS = 5000;
const BANDWIDTH = 1.25e9;
/** The first run is slower than any after it: the code is compiled while it runs. */
const RUNS = 3;

function assignmentOf({ nodes, microBatches, iterations }: (typeof RINGS)[number]): Assignment {
  return {
    seed: 1,
    hosts: Array.from({ length: nodes }, () => ({
      speedFlopsPerSecond: 1e11,
      memoryBytes: Infinity,
      taskOverheadNs: 10_000,
    })),
    path: () => ({ latencyNs: LATENCY_NS, bandwidthBytesPerSecond: BANDWIDTH }),
    model: { kind: 'mlp', layers: [784, 2048, 2048, 10], activation: 'relu' },
    training: {
      batch: microBatches * 4,
      microBatches,
      iterations,
      learningRate: 0.1,
      optimizer: { kind: 'sgd' },
      numerics: 'cost',
      precision: 32,
      evaluateEvery: 0,
    },
    data: null,
    detector: null,
    checkpoint: null,
  };
}

/** A run: what it did, and the CPU seconds it took, start-up and partition included. */
function simulate(assignment: Assignment, rings: number, sharing: 'fifo' | 'fair') {
  const variant = rings === 1 ? {} : { variant: 'torus', rings };
  const plan = ringTmp.plan(assignment, ringTmp.options.parse({ kind: 'ring-tmp', ...variant }));
  const nodes = assignment.hosts.length;
  const start = process.cpuUsage();
  const simulation = new Simulation({
    seed: assignment.seed,
    hosts: assignment.hosts,
    topology:
      rings === 1
        ? ringTopology(nodes, BANDWIDTH, LATENCY_NS)
        : torusTopology(rings, nodes / rings, BANDWIDTH, LATENCY_NS),
    sharing,
    runJobs: false,
    place: (world) => plan.createNode(world),
  });
  while (simulation.run(1_000_000));
  const { user, system } = process.cpuUsage(start);
  const { outcome, messages, events } = simulation.result();
  if (outcome !== 'finished') throw new Error(`the run ended as '${outcome}'`);
  return { messages, events, seconds: (user + system) / 1e6 };
}

/** Prints a line a ring and sharing rule: messages and events a second of CPU time, of the first run and of the best. */
export function bench(print: (line: string) => void): void {
  for (const ring of RINGS)
    for (const sharing of ['fifo', 'fair'] as const) {
      const { nodes, rings } = ring;
      const assignment = assignmentOf(ring);
      const runs = Array.from({ length: RUNS }, () => simulate(assignment, rings, sharing));
      const { messages, events } = runs[0];
      const best = Math.min(...runs.map(({ seconds }) => seconds));
      const thousands = (count: number, seconds: number) =>
        Math.round(count / seconds / 1e3).toLocaleString('en');
      print(
        `ring-tmp, ${nodes} nodes${rings > 1 ? ` in ${rings} rings` : ''}, cost only, ${sharing}: ${thousands(messages, best)} k messages/s, ` +
          `${thousands(events, best)} k events/s, at the first run ` +
          `${thousands(messages, runs[0].seconds)} k messages/s (${messages} messages; target 1,000 k messages/s)`,
      );
    }
}
