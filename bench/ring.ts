/** Messages a second of a cost-only ring of 1,024 nodes in the full simulator. */
import { ringTopology } from '../engine/network/ring.ts';
import { Simulation } from '../engine/simulation.ts';
import type { Assignment } from '../models/protocol.ts';
import { ringTmp } from '../models/protocols/ring-tmp/definition.ts';

const NODES = 1024;
const MICRO_BATCHES = 64;
const LATENCY_NS = 5000;
const BANDWIDTH = 1.25e9;

const assignment: Assignment = {
  seed: 1,
  hosts: Array.from({ length: NODES }, () => ({
    speedFlopsPerSecond: 1e11,
    memoryBytes: Infinity,
    taskOverheadNs: 10_000,
  })),
  path: () => ({ latencyNs: LATENCY_NS, bandwidthBytesPerSecond: BANDWIDTH }),
  model: { kind: 'mlp', layers: [784, 2048, 2048, 10], activation: 'relu' },
  training: {
    batch: MICRO_BATCHES * 4,
    microBatches: MICRO_BATCHES,
    iterations: 4,
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

function simulate(sharing: 'fifo' | 'fair'): { messages: number; events: number; seconds: number } {
  const plan = ringTmp.plan(assignment, ringTmp.options.parse({ kind: 'ring-tmp' }));
  const start = process.cpuUsage();
  const simulation = new Simulation({
    seed: assignment.seed,
    hosts: assignment.hosts,
    topology: ringTopology(NODES, BANDWIDTH, LATENCY_NS),
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

/** Prints a line a sharing rule: messages and events a second of CPU time, start-up and partition included. */
export function bench(print: (line: string) => void): void {
  for (const sharing of ['fifo', 'fair'] as const) {
    const { messages, events, seconds } = simulate(sharing);
    const thousands = (count: number) => Math.round(count / seconds / 1e3).toLocaleString('en');
    print(
      `ring-tmp, ${NODES} nodes, cost only, ${sharing}: ${thousands(messages)} k messages/s, ` +
        `${thousands(events)} k events/s (${messages} messages in ${seconds.toFixed(2)} s; ` +
        'target 200 k messages/s)',
    );
  }
}
