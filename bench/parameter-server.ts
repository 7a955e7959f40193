/**
 * The parameter server at 1,024 nodes, cost only: 1,023 workers that all pull from and push to one server, BSP and
 * ASP. The figures are messages a second of wall time, assembling the run included and excluded.
 */
import { starTopology } from '../engine/network/star.ts';
import { Simulation } from '../engine/simulation.ts';
import type { ModelSpec } from '../models/spec/model.ts';
import type { Assignment } from '../models/spec/assignment.ts';
import { protocolOf } from '../models/protocols/registry.ts';
import { TrainingLog } from '../models/observers/training-log.ts';
import type { TrainingSpec } from '../models/spec/training.ts';

const NODES = 1024;
const ITERATIONS = 200;
const BANDWIDTH_BYTES_PER_SECOND = 1.25e9;
const LATENCY_NS = 25_000;
const MODEL: ModelSpec = { kind: 'mlp', layers: [784, 512, 512, 10], activation: 'relu' };
const TRAINING: TrainingSpec = {
  batch: 8 * (NODES - 1),
  microBatches: 1,
  iterations: ITERATIONS,
  learningRate: 0.1,
  optimizer: { kind: 'sgd' },
  numerics: 'cost',
  precision: 32,
  evaluateEvery: 0,
};

/** Plays one protocol to its end; returns its simulation and log, and the wall milliseconds of both parts. */
function play(kind: string) {
  const began = performance.now();
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
  const protocol = protocolOf(kind)!;
  const plan = protocol.plan(assignment, protocol.options.parse({ kind }));
  const log = new TrainingLog({ model: MODEL, training: TRAINING, data: null });
  const simulation = new Simulation({
    seed: 1,
    hosts: assignment.hosts,
    topology: starTopology(NODES, BANDWIDTH_BYTES_PER_SECOND, LATENCY_NS),
    sharing: 'fifo',
    runJobs: false,
    observers: [log],
    place: (world) => plan.createNode(world),
  });
  const assembled = performance.now();
  while (simulation.run(1_000_000));
  const made = log.record().iterations.length;
  if (made !== ITERATIONS)
    throw new Error(`${kind} ended after ${made} of ${ITERATIONS} iterations`);
  return { simulation, log, assembleMs: assembled - began, runMs: performance.now() - assembled };
}

/** One line a protocol: messages, events and iterations, and what they took. */
export async function bench(print: (line: string) => void): Promise<void> {
  print(`parameter server, ${NODES} nodes on a star, cost only, ${ITERATIONS} iterations`);
  play('ps-bsp');
  for (const kind of ['ps-bsp', 'ps-asp']) {
    const { simulation, log, assembleMs, runMs } = play(kind);
    const { messages, events, timeNs } = simulation;
    const perSecond = (count: number) => Math.round(count / (runMs / 1000)).toLocaleString('en');
    print(
      `  ${kind}: ${messages.toLocaleString('en')} messages in ${(runMs / 1000).toFixed(2)} s wall: ` +
        `${perSecond(messages)} messages/s, ${perSecond(events)} events/s ` +
        `(${assembleMs.toFixed(0)} ms to assemble, ${(timeNs / 1e9).toFixed(1)} s modelled, ` +
        `staleness ${log.record().staleness.mean.toFixed(1)})`,
    );
  }
}
