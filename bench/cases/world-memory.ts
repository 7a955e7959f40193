/**
 * What a world of many nodes takes on the heap, a node: a ring that trains by its costs, over a model that grows with it so
 * that each node holds as much. Measured after a collection, with all that the world holds still in use.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ringTopology } from '../../engine/network/ring.ts';
import { Simulation } from '../../engine/simulation.ts';
import type { Assignment } from '../../models/spec/assignment.ts';
import { ringTmp } from '../../models/protocols/ring-tmp/definition.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const BANDWIDTH = 1.25e10;
const LATENCY_NS = 5000;
const NEURONS_A_NODE = 4;

/** Bytes a node. */
export interface WorldMemory {
  /** Nodes placed, nothing begun. */
  readonly assembled: number;
  /** After an iteration, the result not yet drawn up. */
  readonly ended: number;
}

function bytesInUse(): number {
  // Array buffers are given back behind the collection that finds them unused.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function assignmentOf(nodes: number): Assignment {
  return {
    seed: 1,
    hosts: new Array<Assignment['hosts'][number]>(nodes).fill({
      speedFlopsPerSecond: 1e13,
      memoryBytes: Infinity,
      taskOverheadNs: 10_000,
    }),
    path: () => ({ latencyNs: LATENCY_NS, bandwidthBytesPerSecond: BANDWIDTH }),
    model: { kind: 'mlp', layers: [64, NEURONS_A_NODE * nodes, 10], activation: 'relu' },
    training: {
      batch: 4,
      microBatches: 4,
      iterations: 1,
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

/** What a ring of that many nodes takes. Throws where its run does not finish. */
export function worldMemory(nodes: number): WorldMemory {
  const before = bytesInUse();
  const assignment = assignmentOf(nodes);
  const plan = ringTmp.plan(assignment, ringTmp.options.parse({ kind: 'ring-tmp' }));
  const simulation = new Simulation({
    seed: assignment.seed,
    hosts: assignment.hosts,
    topology: ringTopology(nodes, BANDWIDTH, LATENCY_NS),
    sharing: 'fair',
    runJobs: false,
    place: (world) => plan.createNode(world),
  });
  const assembled = bytesInUse();
  while (simulation.run(1_000_000));
  const ended = bytesInUse();
  const { outcome } = simulation.result();
  if (outcome !== 'finished') throw new Error(`the run ended as '${outcome}'`);
  return { assembled: (assembled - before) / nodes, ended: (ended - before) / nodes };
}
