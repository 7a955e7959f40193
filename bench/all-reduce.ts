/**
 * All-reduce at 4,096 nodes on a ring, cost only: an iteration is 2 (N - 1) steps of N messages each, 33.5 million. The
 * figures are of CPU time, the node logic with all its layers included.
 */
import { ringTopology } from '../engine/network/ring.ts';
import { Simulation } from '../engine/simulation.ts';
import { TrainingLog } from '../models/observers/training-log.ts';
import { protocolOf } from '../models/protocols/registry.ts';
import type { Assignment } from '../models/spec/assignment.ts';
import type { ModelSpec } from '../models/spec/model.ts';
import type { TrainingSpec } from '../models/spec/training.ts';

const NODES = 4096;
const BANDWIDTH_BYTES_PER_SECOND = 1.25e9;
const LATENCY_NS = 25_000;
const MODEL: ModelSpec = { kind: 'mlp', layers: [784, 512, 512, 10], activation: 'relu' };
const TRAINING: TrainingSpec = {
  batch: 8 * NODES,
  microBatches: 1,
  iterations: 1,
  learningRate: 0.1,
  optimizer: { kind: 'sgd' },
  numerics: 'cost',
  precision: 32,
  evaluateEvery: 0,
};

/** One iteration, over so many groups; its simulation, and the CPU seconds that it took. */
function play(groups: number) {
  const host = { speedFlopsPerSecond: 1e11, memoryBytes: Infinity, taskOverheadNs: 10_000 };
  const assignment: Assignment = {
    seed: 1,
    hosts: new Array(NODES).fill(host),
    path: () => ({
      latencyNs: LATENCY_NS,
      bandwidthBytesPerSecond: BANDWIDTH_BYTES_PER_SECOND,
    }),
    model: MODEL,
    training: TRAINING,
    data: null,
    detector: null,
    checkpoint: null,
  };
  const options = { kind: 'all-reduce', groups, overlap: null };
  const plan = protocolOf(options.kind)!.plan(assignment, options);
  const log = new TrainingLog({ model: MODEL, training: TRAINING, data: null });
  const simulation = new Simulation({
    seed: 1,
    hosts: assignment.hosts,
    topology: ringTopology(NODES, BANDWIDTH_BYTES_PER_SECOND, LATENCY_NS),
    sharing: 'fifo',
    runJobs: false,
    observers: [log],
    place: (world) => plan.createNode(world),
  });
  const began = process.cpuUsage();
  while (simulation.run(1_000_000));
  const { user, system } = process.cpuUsage(began);
  if (log.missing() !== null) throw new Error(`all-reduce ended early: ${log.missing()}`);
  return { simulation, seconds: (user + system) / 1e6 };
}

/** One line: messages, events and what they took. */
export async function bench(print: (line: string) => void): Promise<void> {
  const { simulation, seconds } = play(1);
  const { messages, events, timeNs } = simulation;
  const perSecond = (count: number) => Math.round(count / seconds).toLocaleString('en');
  print(
    `all-reduce: an iteration of ${NODES} nodes is ${messages.toLocaleString('en')} messages in ` +
      `${seconds.toFixed(1)} s of CPU: ${perSecond(messages)} messages/s, ${perSecond(events)} events/s ` +
      `(${(timeNs / 1e9).toFixed(2)} s modelled)`,
  );
}
