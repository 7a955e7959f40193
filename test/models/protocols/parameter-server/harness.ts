/** Runs a parameter server in the simulator and gathers what the tests of this folder look at. */
import { WastedWork } from '../../../../models/observers/wasted-work.ts';
import fc from 'fast-check';
import type { DetectorSpec, FaultRule, StorageSpec } from '../../../../engine/faults/fault-rule.ts';
import type { HostSpec } from '../../../../engine/host-spec.ts';
import type { Distribution } from '../../../../engine/distribution.ts';
import { ringTopology } from '../../../../engine/network/ring.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import type { Observer } from '../../../../engine/observer.ts';
import type { RunResult } from '../../../../engine/result.ts';
import { Simulation } from '../../../../engine/simulation.ts';
import type { Job, Message, Node, NodeId, NoteValue, World } from '../../../../engine/world.ts';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import type { DataSplit } from '../../../../models/spec/data.ts';
import type { CostTableSpec, MlpSpec, ModelSpec } from '../../../../models/spec/model.ts';
import type { Assignment } from '../../../../models/spec/assignment.ts';
import { protocolOf } from '../../../../models/protocols/registry.ts';
import type { ParameterServerJob } from '../../../../models/protocols/parameter-server/jobs.ts';
import { TrainingLog } from '../../../../models/observers/training-log.ts';
import type { TrainingRecord } from '../../../../models/observers/training-record.ts';
import type { OptimizerSpec, TrainingSpec } from '../../../../models/spec/training.ts';

export interface Setup {
  kind: string;
  nodes: number;
  training: TrainingSpec;
  model: ModelSpec;
  data: DataSplit | null;
  seed?: number;
  topology?: 'star' | 'ring';
  /** First come, first served where left out: the closed forms speak of that. */
  sharing?: 'fifo' | 'fair';
  bandwidthBytesPerSecond?: number;
  latencyNs?: number;
  host?: HostSpec;
  /** Hosts that differ from `host`, by node. */
  otherHosts?: Record<number, HostSpec>;
  jitter?: { compute?: Distribution; latency?: Distribution };
  /** Stands between a node and its world. */
  wrap?(world: World): World;
  /** Shards of the model; one where left out. */
  servers?: number;
  /** Standby servers of each shard. */
  replicas?: number;
  /** Further options of the protocol. */
  options?: Record<string, unknown>;
  /** With a detector nodes watch each other; without one the faults are none. */
  detector?: DetectorSpec;
  faults?: readonly FaultRule[];
  checkpoint?: { every: number };
  stopAtNs?: number;
}

/** Storage quick enough for the short runs of these tests. */
const STORAGE: StorageSpec = { latencyNs: 2000, bandwidthBytesPerSecond: 1e9 };

export interface JobSeen {
  node: NodeId;
  job: ParameterServerJob;
  startNs: number;
  endNs: number;
}

export interface MessageSeen {
  from: NodeId;
  to: NodeId;
  message: Message;
  bytes: number;
  /** The message's content when it was sent. */
  sentAs: string;
  sentNs: number;
}

export interface Outcome {
  result: RunResult;
  record: TrainingRecord;
  jobs: JobSeen[];
  messages: MessageSeen[];
  staleness: number[];
  nodes: Node[];
  notes: NoteSeen[];
}

export interface NoteSeen {
  node: NodeId;
  timeNs: number;
  name: string;
  value: NoteValue;
}

export const EXACT_HOST: HostSpec = {
  speedFlopsPerSecond: 1e9,
  memoryBytes: Infinity,
  taskOverheadNs: 0,
};

export function assignmentOf(setup: Setup): Assignment {
  const { nodes, otherHosts = {}, host = EXACT_HOST } = setup;
  return {
    seed: setup.seed ?? 1,
    hosts: Array.from({ length: nodes }, (_, node) => otherHosts[node] ?? host),
    path: () => ({
      latencyNs: setup.latencyNs ?? 1000,
      bandwidthBytesPerSecond: setup.bandwidthBytesPerSecond ?? 1e9,
    }),
    model: setup.model,
    training: setup.training,
    data: setup.data,
    detector: setup.detector ?? null,
    checkpoint: setup.checkpoint ?? null,
  };
}

/** The protocol's options, as the schema would make them. */
export function optionsOf({ kind, servers, replicas, options }: Setup): { kind: string } {
  const given = Object.entries({ kind, servers, replicas, ...options }).filter(
    ([, value]) => value !== undefined,
  );
  return protocolOf(kind)!.options.parse(Object.fromEntries(given));
}

/** Runs the set-up to its end, whatever that is. */
export function play(setup: Setup): Outcome {
  const assignment = assignmentOf(setup);
  const plan = protocolOf(setup.kind)!.plan(assignment, optionsOf(setup));
  const { bandwidthBytesPerSecond, latencyNs } = assignment.path(0, 0);
  const makeTopology = setup.topology === 'ring' ? ringTopology : starTopology;
  const log = new TrainingLog({ ...setup, training: setup.training });
  const seen: Pick<Outcome, 'jobs' | 'messages' | 'staleness' | 'nodes' | 'notes'> = {
    jobs: [],
    messages: [],
    staleness: [],
    nodes: [],
    notes: [],
  };
  const { detector, checkpoint, stopAtNs } = setup;
  const observer: Observer = {
    jobEnded: (node, job: Job, startNs, endNs) =>
      seen.jobs.push({ node, job: job as ParameterServerJob, startNs, endNs }),
    messageSent: (_transfer, from, to, message, bytes, sentNs) =>
      seen.messages.push({ from, to, message, bytes, sentAs: contentOf(message), sentNs }),
    noted: (node, timeNs, name, value) => {
      seen.notes.push({ node, timeNs, name, value });
      if (name === 'staleness') seen.staleness.push(value as number);
    },
  };
  const simulation: Simulation = new Simulation({
    seed: assignment.seed,
    hosts: assignment.hosts,
    topology: makeTopology(setup.nodes, bandwidthBytesPerSecond, latencyNs),
    sharing: setup.sharing ?? 'fifo',
    jitter: setup.jitter,
    runJobs: setup.training.numerics === 'exact',
    observers: [
      log,
      observer,
      new WastedWork(setup.nodes, (wasted) => simulation.writeOff(wasted)),
    ],
    dropsWork: plan.dropsWork,
    faults: detector && { rules: setup.faults ?? [], detector },
    storage: checkpoint && STORAGE,
    stopAtNs,
    place: (world) => {
      const node = plan.createNode(setup.wrap ? setup.wrap(world) : world);
      seen.nodes.push(node);
      return node;
    },
  });
  while (simulation.run(100_000));
  return { result: simulation.result(), record: log.record(), ...seen };
}

export const SMALL_MLP: MlpSpec = { kind: 'mlp', layers: [5, 7, 6, 3], activation: 'relu' };
/** Fewer samples than a few iterations take, so that batches cross the ends of epochs. */
export const SMALL_DATA = syntheticData(3, 40, 12, 5, 3);

/** A cost table with one layer: nothing but what the closed forms speak of. */
export function costTable(flopsPerSample: number, parameters: number): CostTableSpec {
  const backwardFlops = Math.floor(flopsPerSample / 2);
  const layer = {
    name: 'whole net',
    forwardFlops: flopsPerSample - backwardFlops,
    backwardFlops,
    parameters,
    outputElements: 10,
  };
  return { kind: 'costs', layers: [layer], inputElements: 20 };
}

export const TRAINING: TrainingSpec = {
  batch: 12,
  microBatches: 1,
  iterations: 3,
  learningRate: 0.3,
  optimizer: { kind: 'sgd' },
  numerics: 'exact',
  precision: 32,
  evaluateEvery: 0,
};

export const anyOptimizer: fc.Arbitrary<OptimizerSpec> = fc.constantFrom<OptimizerSpec[]>(
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
);

const anyDistribution: fc.Arbitrary<Distribution> = fc.constantFrom<Distribution[]>(
  { kind: 'uniform', low: 0.5, high: 3 },
  { kind: 'exponential', mean: 2 },
  { kind: 'log-normal', mean: 1, deviation: 2 },
  { kind: 'pareto', minimum: 0.5, shape: 1.2 },
);

export const anyJitter = fc.record({
  compute: fc.option(anyDistribution, { nil: undefined }),
  latency: fc.option(anyDistribution, { nil: undefined }),
});

/** The bytes of an array: equal bytes are equal bits, zeros' signs and all. */
export function bitsOf(values: ArrayBufferView | null): string {
  if (values === null) return 'no weights';
  const { buffer, byteOffset, byteLength } = values;
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}

/** All that a message says, as text. */
export function contentOf(message: Message): string {
  return JSON.stringify(message, (_key, value) =>
    ArrayBuffer.isView(value) ? bitsOf(value) : value,
  );
}
